import PeftPlatform

/// A regular file that is open for reading: nothing is read before its kind and size are known.
///
/// A path may lead to anything: a folder, a pipe that nobody writes to, a disk's worth of zeros.
package struct OpenFile: ~Copyable {
  let descriptor: CInt
  package let path: String
  /// The size at opening; files in `/proc` claim to be empty.
  package let byteCount: Int

  package init(_ path: String) throws(FileReadError) {
    // A path in C ends at a NUL; what follows must not be dropped in silence.
    guard !path.utf8.contains(0) else { throw FileReadError(.notFound, path: path) }
    // Without O_NONBLOCK, opening a pipe waits for somebody to write to it.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileReadError(path: path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let error = FileReadError(path: path)
      close(descriptor)
      throw error
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw FileReadError(mode: status.st_mode, path: path)
    }
    self.descriptor = descriptor
    self.path = path
    byteCount = Int(clamping: status.st_size)
  }

  deinit { close(descriptor) }

  /// The whole content.
  /// - Throws: `FileReadError`, also where it is larger than `limit`.
  package func bytes(limit: Int) throws(FileReadError) -> [UInt8] {
    try check(byteCount, limit)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(byteCount)
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        throw FileReadError(path: path)
      }
      if count == 0 { return bytes }
      bytes += chunk[..<count]
      // The size was checked, but a file can grow.
      try check(bytes.count, limit)
    }
  }

  /// The first bytes.
  package func start(upTo count: Int) throws(FileReadError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: min(count, max(byteCount, 0)))
    let found = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
    guard found >= 0 else { throw FileReadError(path: path) }
    return Array(bytes[..<found])
  }

  private func check(_ size: Int, _ limit: Int) throws(FileReadError) {
    guard size <= limit else {
      throw FileReadError(.tooLarge(bytes: size, limit: limit), path: path)
    }
  }
}
