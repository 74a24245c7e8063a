import PeftPlatform

/// Reads a whole file that may be anything: a folder, a pipe that nobody writes to, a disk's worth
/// of zeros. Nothing is read before its kind and size are known.
enum FileBytes {
  static func read(path: String, limit: Int) throws(FileProblem) -> [UInt8] {
    // A path in C ends at a NUL; what follows must not be dropped in silence.
    guard !path.utf8.contains(0) else { throw .notFound }
    // Without O_NONBLOCK, opening a pipe waits for somebody to write to it.
    let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { throw problem(errno) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw problem(errno) }
    if let kind = kind(mode: status.st_mode) {
      throw kind == "a folder" ? .isFolder : .notRegular(kind: kind)
    }
    let size = Int(clamping: status.st_size)
    guard size <= limit else { throw .tooLarge(bytes: size, limit: limit) }
    return try contents(of: file, expecting: size, limit: limit)
  }

  private static func contents(
    of file: CInt, expecting size: Int, limit: Int
  ) throws(FileProblem) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size)
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = chunk.withUnsafeMutableBytes { systemRead(file, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        throw problem(errno)
      }
      if count == 0 { return bytes }
      bytes += chunk[..<count]
      // The size was checked, but a file can grow, and those in /proc claim to be empty.
      guard bytes.count <= limit else { throw .tooLarge(bytes: bytes.count, limit: limit) }
    }
  }

  private static func kind(mode: mode_t) -> String? {
    switch mode & S_IFMT {
    case S_IFREG: nil
    case S_IFDIR: "a folder"
    case S_IFIFO: "a pipe"
    case S_IFSOCK: "a socket"
    default: "a device"
    }
  }

  private static func problem(_ code: CInt) -> FileProblem {
    switch code {
    case ENOENT, ENOTDIR, ENAMETOOLONG: .notFound
    case EACCES, EPERM: .noPermission
    case EISDIR: .isFolder
    case ENXIO: .notRegular(kind: "a socket or device")
    default: .unreadable(reason: String(cString: strerror(code)))
    }
  }
}

/// The system's `read`, which `FileBytes.read` would hide.
private func systemRead(_ file: CInt, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  read(file, buffer, count)
}
