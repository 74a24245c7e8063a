import Foundation
import PeftBasics
import PeftTestSupport
import Testing

@Suite("Mapped files") struct MappedFileTests {
  #if os(Linux)
    @Test(
      "Pages that are given back leave memory, and hold the same bytes when they are read again")
    func givenBack() throws {
      let folder = try TemporaryFolder()
      let count = 64 << 20
      let path = try folder.file("a", Data((0..<count).map { UInt8(truncatingIfNeeded: $0 >> 12) }))
      let file = try MappedFile(path: path)
      let sum = file.bytes.reduce(0) { $0 &+ UInt64($1) }
      let before = try residentBytes()
      MappedFile.giveBack(UnsafeRawBufferPointer(rebasing: file.bytes[100..<count - 100]))
      // Other tests take memory meanwhile.
      #expect(try residentBytes() < before - count / 2)
      #expect(file.bytes.reduce(0) { $0 &+ UInt64($1) } == sum)
    }

    /// Bytes of files that are mapped and in memory.
    private func residentBytes() throws -> Int {
      let numbers = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
      let line = try #require(numbers.split(separator: "\n").first { $0.hasPrefix("RssFile") })
      return try #require(line.split(separator: " ").compactMap { Int($0) }.first) * 1024
    }
  #endif

  @Test("Memory that is no file's is left as it is")
  func ownMemory() {
    let numbers = [UInt8](repeating: 7, count: 1 << 20)
    numbers.withUnsafeBytes { MappedFile.giveBack($0) }
    #expect(numbers.allSatisfy { $0 == 7 })
  }
}
