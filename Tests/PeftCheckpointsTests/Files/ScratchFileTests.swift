import Foundation
import PeftBasics
import PeftTestSupport
import Testing

@Suite("Scratch files") struct ScratchFileTests {
  @Test("Bytes are mapped as they were added, from a file without a name")
  func bytes() throws {
    let folder = try TemporaryFolder()
    let pieces = [[1, 2, 3], [], [4]] as [[UInt8]]
    let mapped = try {
      let file = try ScratchFile(in: folder.path)
      for piece in pieces { try piece.withUnsafeBytes { try file.append($0) } }
      #expect(try #require(file.freeBytes) > 0)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
      return try file.mapped()
    }()
    #expect(Array(mapped.bytes) == [1, 2, 3, 4])
    #expect(try ScratchFile(in: folder.path).mapped().bytes.isEmpty)
  }

  @Test("A folder that is not there is named, with what the system says")
  func noFolder() throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: ScratchError.self) { try ScratchFile(in: folder.path + "/none") }
    #expect(error?.folder == folder.path + "/none")
    #expect(error?.reason == "No such file or directory")
    #expect(error?.isFull == false)
  }

  #if os(Linux)
    @Test(
      "What is in memory is known",
      .enabled(if: FileManager.default.fileExists(atPath: "/dev/shm")))
    func inMemory() throws { #expect(try ScratchFile(in: "/dev/shm").isInMemory) }
  #endif
}
