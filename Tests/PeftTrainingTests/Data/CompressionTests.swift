import Foundation
import Peft
import PeftBasics
import Testing

@Suite("Unpacking") struct CompressionTests {
  /// Says every byte four times.
  private struct FourTimes: Compression {
    let name = "four"
    let ending = ".four"

    func unpack(
      _ bytes: UnsafeRawBufferPointer,
      _ take: (UnsafeRawBufferPointer) throws(DataError.Reason) -> Void
    ) throws(DataError.Reason) {
      for byte in bytes {
        guard byte != 0 else { throw .badCompression(.damaged("a\u{1B}b"), by: name) }
        try take(UnsafeRawBufferPointer(start: nil, count: 0))
        try [byte, byte, byte, byte].withUnsafeBufferPointer { piece throws(DataError.Reason) in
          try take(UnsafeRawBufferPointer(piece))
        }
      }
    }
  }

  private func unpacked(_ text: String, limit: Int? = nil) throws -> [UInt8] {
    let file = try DataFile("a.txt.four", text)
    do {
      let unpacked = try FourTimes().unpacked(file.path, limit: limit)
      return Array(unpacked.bytes)
    } catch let error as DataError {
      #expect(error.path == file.path)
      throw error.reason
    }
  }

  @Test("Gives the bytes of all pieces")
  func bytes() throws {
    #expect(try unpacked("ab") == Array("aaaabbbb".utf8))
    #expect(try unpacked("ab", limit: 8) == Array("aaaabbbb".utf8))
  }

  @Test("Ends where there is no room")
  func limit() {
    #expect(throws: DataError.Reason.noRoom(folder: ScratchFile.usualFolder, limit: 8)) {
      try unpacked("abc", limit: 8)
    }
  }

  @Test("A mistake in the data, and an empty file, are told with the file's name")
  func mistakes() {
    #expect(throws: DataError.Reason.emptyFile) { try unpacked("") }
    #expect(throws: DataError.Reason.badCompression(.damaged("a\u{1B}b"), by: "four")) {
      try unpacked("ab\0c")
    }
  }
}
