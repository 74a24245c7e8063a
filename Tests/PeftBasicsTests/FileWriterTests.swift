import Foundation
import PeftBasics
import PeftCheckpoints
import PeftTestSupport
import Testing

@Suite("Writing files") struct FileWriterTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func reason(_ path: String) -> FileWriteError.Reason? {
    do { try FileWriter.write("new", to: path) } catch { return error.reason }
    return nil
  }

  @Test("A file is made, or replaced, and nothing else stays in the folder")
  func writes() throws {
    let path = folder.path("a.txt")
    for text in ["first", "", "second, longer"] {
      try FileWriter.write(text, to: path)
      #expect(try folder.text("a.txt") == text)
      #expect(try folder.names() == ["a.txt"])
    }
  }

  @Test("Permissions of the file that was there stay")
  func permissions() throws {
    let path = try folder.file("a.txt", "old")
    try folder.setMode("a.txt", 0o640)
    try FileWriter.write("new", to: path)
    #expect(try folder.mode("a.txt") == 0o640)
  }

  @Test("A link stays a link: what it points to is replaced")
  func link() throws {
    let target = try folder.file("target.txt", "old")
    let link = folder.path("link.txt")
    try folder.makeLink("link.txt", to: target)
    try FileWriter.write("new", to: link)
    #expect(try folder.text("target.txt") == "new")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == target)
  }

  @Test("A reader sees the old content until the new is complete")
  func atomic() throws {
    let path = try folder.file("a.txt", "old")
    let reader = try #require(FileHandle(forReadingAtPath: path))
    try FileWriter.write(String(repeating: "new", count: 100_000), to: path)
    #expect(try reader.readToEnd() == Data("old".utf8))
  }

  @Test("What cannot be written is said, and nothing is left behind")
  func refusals() throws {
    #expect(reason(folder.path + "/none/a.txt") == .noFolder(folder.path + "/none"))
    #expect(reason(folder.path + "/none/") == .noFolder(folder.path + "/none/"))
    #expect(reason(folder.path) == .isFolder)
    #expect(reason("/dev/null") == .notRegular)
    #expect(reason("") == .badName)
    #expect(reason("a\0b") == .badName)
    #expect(reason(folder.path + "/" + String(repeating: "n", count: 300)) == .badName)
    #expect(try folder.names() == [])
  }

  @Test("The message names the file, the reason and a way out")
  func words() {
    #expect(
      message { try FileWriter.write("", to: "no/such/chart.svg") } == """
        no/such/chart.svg: there is no folder 'no/such'
          fix: make it, for example with 'mkdir -p', or choose another
        """)
  }
}
