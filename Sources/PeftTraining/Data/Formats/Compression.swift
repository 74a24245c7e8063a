import CPUCore
package import PeftBasics

/// A way in which a file with rows of text may be compressed: one type in one file, and one line in
/// `DataFormats`.
package protocol Compression: Sendable {
  /// What messages call it: `gzip`.
  var name: String { get }
  /// What follows the ending of the rows' format in a file's name, in small letters.
  var ending: String { get }
  /// Decompresses, piece by piece and in bounded memory.
  /// - Throws: `DataError.Reason.badCompression`, and what `take` throws.
  func unpack(
    _ bytes: UnsafeRawBufferPointer,
    _ take: (UnsafeRawBufferPointer) throws(DataError.Reason) -> Void
  ) throws(DataError.Reason)
}

/// What can be wrong with compressed data.
public enum CompressionProblem: Hashable, Sendable {
  /// The data are something else.
  case otherData
  /// They end too early.
  case cutOff
  case damaged(String)
  /// Something else follows them.
  case moreData
}

extension Compression {
  /// A file, decompressed: its rows can be read in any order. It is an unnamed temporary file, which ends
  /// with the process.
  /// - Parameter limit: The bytes that it may take; a share of the free space where nil.
  package func unpacked(_ path: String, limit: Int? = nil) throws -> MappedFile {
    let packed = try MappedFile(path: path)
    defer { withExtendedLifetime(packed) {} }
    guard !packed.bytes.isEmpty else { throw DataError(.emptyFile, path: path) }
    do throws(DataError.Reason) {
      return try unpacked(packed.bytes, limit: limit)
    } catch {
      throw DataError(error, path: path)
    }
  }

  private func unpacked(
    _ bytes: UnsafeRawBufferPointer, limit: Int?
  ) throws(DataError.Reason) -> MappedFile {
    let file = try keeping { () throws(ScratchError) in try ScratchFile() }
    let limit = limit ?? file.room
    var byteCount = 0
    try unpack(bytes) { piece throws(DataError.Reason) in
      byteCount += piece.count
      guard byteCount <= limit else { throw .noRoom(folder: file.folder, limit: limit) }
      try keeping { () throws(ScratchError) in try file.append(piece) }
    }
    return try keeping { () throws(ScratchError) in try file.mapped() }
  }

  private func keeping<Result>(
    _ body: () throws(ScratchError) -> Result
  ) throws(DataError.Reason) -> Result {
    do throws(ScratchError) { return try body() } catch {
      throw error.isFull
        ? .noRoom(folder: error.folder, limit: nil)
        : .notUnpacked(folder: error.folder, reason: error.reason)
    }
  }
}

extension ScratchFile {
  /// The limit: a part of the free space is left to others.
  fileprivate var room: Int {
    let free = (freeBytes ?? .max) / 10 * 9
    return isInMemory ? min(free, MachineMemory.byteCount / 2) : free
  }
}
