import CZlib

/// Gzip: one member, or several that follow each other, as `cat a.gz b.gz` and `bgzip` make them.
/// - SeeAlso: Deutsch, "GZIP file format specification version 4.3", 1996, RFC 1952.
package struct GzipCompression: Compression {
  package let name = "gzip"
  package let ending = ".gz"

  package init() {}

  /// Takes a quarter of a megabyte for what comes out, and zlib's 40 kB.
  package func unpack(
    _ bytes: UnsafeRawBufferPointer,
    _ take: (UnsafeRawBufferPointer) throws(DataError.Reason) -> Void
  ) throws(DataError.Reason) {
    guard bytes.isMember(at: 0) else { throw problem(.otherData) }
    var stream = z_stream()
    // 15 is the largest window; 16 more means gzip, with its checks of length and content.
    let code = inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
    precondition(code == Z_OK, "zlib does not start: \(code)")
    defer { inflateEnd(&stream) }
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { room.deallocate() }
    var place = 0
    while true {
      let code = stream.inflate(bytes, from: &place, into: room)
      try take(UnsafeRawBufferPointer(rebasing: room[..<(room.count - Int(stream.avail_out))]))
      switch code {
      case Z_OK: break
      case Z_STREAM_END:
        // Zeros after the last member fill up the blocks of a tape.
        if bytes[place...].allSatisfy({ $0 == 0 }) { return }
        guard bytes.isMember(at: place) else { throw problem(.moreData) }
        inflateReset(&stream)
      case Z_BUF_ERROR: throw problem(.cutOff)
      default:
        let reason = stream.msg.map { String(cString: $0) } ?? "zlib's error \(code)"
        throw problem(.damaged(reason))
      }
    }
  }

  private func problem(_ problem: CompressionProblem) -> DataError.Reason {
    .badCompression(problem, by: name)
  }
}

extension z_stream {
  /// Reads from `place` on, as far as there is room for what comes out.
  fileprivate mutating func inflate(
    _ bytes: UnsafeRawBufferPointer, from place: inout Int,
    into room: UnsafeMutableRawBufferPointer
  ) -> CInt {
    // zlib counts in 32 bits.
    let count = min(bytes.count - place, 1 << 30)
    next_in = bytes.baseAddress.map {
      UnsafeMutablePointer(mutating: ($0 + place).assumingMemoryBound(to: UInt8.self))
    }
    avail_in = uInt(count)
    next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
    avail_out = uInt(room.count)
    let code = CZlib.inflate(&self, Z_NO_FLUSH)
    place += count - Int(avail_in)
    return code
  }
}

extension UnsafeRawBufferPointer {
  /// Whether a member of gzip data may begin here, by its first two bytes.
  fileprivate func isMember(at place: Int) -> Bool {
    self[place...].starts(with: [0x1F, 0x8B])
  }
}
