import PeftPlatform

/// The end of a file that is being written.
package struct FileSink {
  let descriptor: CInt
  package let place: WritePlace

  package func append(_ bytes: [UInt8]) throws(FileWriteError) {
    try bytes.withUnsafeBufferPointer { bytes throws(FileWriteError) in
      try append(UnsafeRawBufferPointer(bytes))
    }
  }

  package func append(_ bytes: UnsafeRawBufferPointer) throws(FileWriteError) {
    let code = Self.writeAll(bytes, to: descriptor)
    guard code == 0 else { throw place.failure(code) }
  }

  /// Writes all bytes. Returns 0, or the `errno` of why it cannot be done.
  static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: CInt) -> CInt {
    var rest = bytes[...]
    while !rest.isEmpty {
      // Some systems refuse more than 2 GB at a time.
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
      let count = write(descriptor, piece.baseAddress, piece.count)
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        return errno
      }
    }
    return 0
  }

  /// Puts the content on the disk.
  func flush() throws(FileWriteError) {
    guard fsync(descriptor) == 0 else { throw place.failure() }
  }
}
