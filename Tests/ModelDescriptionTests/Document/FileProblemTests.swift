import Foundation
import ModelDescription
import PeftBasics
import Testing

@Suite("Problems of files") final class FileProblemTests {
  private let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "documents-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// What reading a path prints, with "model.yaml" for the path.
  private func refusal(of path: String, limits: DocumentLimits = .standard) -> String {
    do {
      return "read \(try DocumentReader.read(path: path, limits: limits).kindName)"
    } catch {
      return error.description.replacingOccurrences(of: path, with: "model.yaml")
    }
  }

  private func file(_ bytes: [UInt8]) -> String {
    let path = folder + "/model.yaml"
    _ = FileManager.default.createFile(atPath: path, contents: Data(bytes))
    return path
  }

  @Test("A file is read, with or without a byte order mark")
  func readable() {
    #expect(refusal(of: file(Array("a: 1\n".utf8))) == "read a mapping")
    #expect(refusal(of: file([0xEF, 0xBB, 0xBF] + Array("a: 1\n".utf8))) == "read a mapping")
  }

  @Test("What is no file is named for what it is")
  func notAFile() {
    let expected = [
      folder + "/none.yaml": """
      model.yaml: error: there is no such file
        fix: check the path
      """,
      file([]) + "/inside.yaml": """
      model.yaml: error: there is no such file
        fix: check the path
      """,
      "": """
      : error: there is no such file
        fix: check the path
      """,
      "a\0b": """
      model.yaml: error: there is no such file
        fix: check the path
      """,
      folder: """
      model.yaml: error: this is a folder, not a file
        fix: name a YAML or JSON file inside it
      """,
      "/dev/zero": """
      model.yaml: error: this is a device, not a file
        fix: save the text in a file, and name that
      """,
    ]
    for (path, prints) in expected { #expect(refusal(of: path) == prints, "\(path)") }
  }

  @Test("A pipe that nobody writes to is refused without waiting")
  func pipe() {
    let path = folder + "/pipe"
    #expect(mkfifo(path, 0o600) == 0)
    #expect(
      refusal(of: path) == """
        model.yaml: error: this is a pipe, not a file
          fix: save the text in a file, and name that
        """)
  }

  @Test("A file that may not be read says so", .enabled(if: geteuid() != 0))
  func noPermission() {
    let path = file(Array("a: 1\n".utf8))
    chmod(path, 0)
    #expect(
      refusal(of: path) == """
        model.yaml: error: no permission to read this file
          fix: allow it, for example with 'chmod u+r'
        """)
  }

  @Test("A file that is too large is refused by its size, before it is read")
  func tooLarge() {
    let path = file([])
    truncate(path, 1 << 30)
    #expect(
      refusal(of: path) == """
        model.yaml: error: the file has 1 GB, more than the 16 MB that are allowed
          fix: a description is short: check that this is the right file
        """)
    let small = DocumentLimits(fileBytes: 4)
    #expect(refusal(of: file(Array("a: 12".utf8)), limits: small).contains("has 5 bytes, more"))
  }

  @Test("Files that are not UTF-8 text say what they are")
  func encodings() {
    #expect(
      refusal(of: file([0xFF, 0xFE] + Array("a\0:\0 \u{0}".utf8))) == """
        model.yaml: error: the file is written in UTF-16; UTF-8 is expected
          fix: save it as UTF-8, for example with 'iconv -t UTF-8'
        """)
    #expect(
      refusal(of: file([0x50, 0x4B, 3, 4, 0, 0])) == """
        model.yaml: error: this is a binary file; YAML or JSON text is expected
          fix: check that this is the right file; weights do not belong here
        """)
    #expect(
      refusal(of: file(Array("a: 1\nnamé: ".utf8) + [0xE9] + Array("x\n".utf8))) == """
        model.yaml:2:7: error: these bytes are not UTF-8 text
            2 | namé: �x
              |       ^
          fix: save the file as UTF-8
        """)
    #expect(refusal(of: file([])).contains("the file is empty"))
  }
}
