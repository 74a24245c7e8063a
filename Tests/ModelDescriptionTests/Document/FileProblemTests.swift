import Foundation
import ModelDescription
import PeftBasics
import PeftTestSupport
import Testing

@Suite("Problems of files") struct FileProblemTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// What reading a path prints, with "model.yaml" for the path.
  private func refusal(of path: String, limits: DocumentLimits = .standard) -> String {
    do {
      return "read \(try DocumentReader.read(path: path, limits: limits).kindName)"
    } catch {
      return error.description.replacingOccurrences(of: path, with: "model.yaml")
    }
  }

  private func file(_ bytes: [UInt8]) throws -> String { try folder.file("model.yaml", bytes) }

  @Test("A file is read, with or without a byte order mark")
  func readable() throws {
    #expect(try refusal(of: file(Array("a: 1\n".utf8))) == "read a mapping")
    #expect(try refusal(of: file([0xEF, 0xBB, 0xBF] + Array("a: 1\n".utf8))) == "read a mapping")
  }

  @Test("What is no file is named for what it is")
  func notAFile() throws {
    let expected = [
      folder.path("none.yaml"): """
      model.yaml: there is no such file
        fix: check the path
      """,
      try file([]) + "/inside.yaml": """
      model.yaml: there is no such file
        fix: check the path
      """,
      "": """
      : there is no such file
        fix: check the path
      """,
      "a\0b": #"""
      a\u{0}b: there is no such file
        fix: check the path
      """#,
      folder.path: """
      model.yaml: this is a folder, not a file
        fix: name a YAML or JSON file inside it
      """,
      "/dev/zero": """
      model.yaml: this is a device, not a file
        fix: save the text in a file, and name that
      """,
    ]
    for (path, prints) in expected { #expect(refusal(of: path) == prints, "\(path)") }
  }

  @Test("A pipe that nobody writes to is refused without waiting")
  func pipe() {
    let path = folder.path("pipe")
    #expect(mkfifo(path, 0o600) == 0)
    #expect(
      refusal(of: path) == """
        model.yaml: this is a pipe, not a file
          fix: save the text in a file, and name that
        """)
  }

  @Test("A file that may not be read says so", .enabled(if: geteuid() != 0))
  func noPermission() throws {
    let path = try file(Array("a: 1\n".utf8))
    chmod(path, 0)
    #expect(
      refusal(of: path) == """
        model.yaml: no permission to read this file
          fix: allow it, for example with 'chmod u+r'
        """)
  }

  @Test("A file that is too large is refused by its size, before it is read")
  func tooLarge() throws {
    let path = try file([])
    truncate(path, 1 << 30)
    #expect(
      refusal(of: path) == """
        model.yaml: the file has 1 GB, more than the 16 MB that are allowed
          fix: a description is short: check that this is the right file
        """)
    let small = DocumentLimits(fileBytes: 4)
    #expect(try refusal(of: file(Array("a: 12".utf8)), limits: small).contains("has 5 bytes, more"))
  }

  @Test("Files that are not UTF-8 text say what they are")
  func encodings() throws {
    #expect(
      try refusal(of: file([0xFF, 0xFE] + Array("a\0:\0 \u{0}".utf8))) == """
        model.yaml: the file is written in UTF-16; UTF-8 is expected
          fix: save it as UTF-8, for example with 'iconv -t UTF-8'
        """)
    #expect(
      try refusal(of: file([0x50, 0x4B, 3, 4, 0, 0])) == """
        model.yaml: this is a binary file; a text is expected
          fix: check that this is the right file; weights do not belong here
        """)
    #expect(
      try refusal(of: file(Array("a: 1\nnamé: ".utf8) + [0xE9] + Array("x\n".utf8))) == """
        model.yaml:2:7: these bytes are not UTF-8 text
            2 | namé: �x
              |       ^
          fix: save the file as UTF-8
        """)
    #expect(try refusal(of: file([])).contains("the file is empty"))
  }
}
