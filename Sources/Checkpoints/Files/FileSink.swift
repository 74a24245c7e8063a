#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The end of a file that is being written.
struct FileSink {
  let descriptor: CInt
  let place: WritePlace

  func append(_ bytes: [UInt8]) throws(FileWriteError) {
    try bytes.withUnsafeBufferPointer { bytes throws(FileWriteError) in
      try append(UnsafeRawBufferPointer(bytes))
    }
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws(FileWriteError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      // Some systems refuse more than 2 GB at a time.
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
      let count = write(descriptor, piece.baseAddress, piece.count)
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        throw place.failure()
      }
    }
  }

  /// Puts the content on the disk.
  func flush() throws(FileWriteError) {
    guard fsync(descriptor) == 0 else { throw place.failure() }
  }
}
