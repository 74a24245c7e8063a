#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Writes whole files: a reader sees the old content or the new, never a part, also after a crash.
///
/// The content goes to a temporary file in the same folder, is flushed to the disk, and takes the
/// name in one step.
public enum FileWriter {
  public static func write(_ text: String, to path: String) throws(FileWriteError) {
    try write(Array(text.utf8), to: path)
  }

  /// - Throws: `FileWriteError`; what was at the path before is still there.
  public static func write(_ bytes: [UInt8], to path: String) throws(FileWriteError) {
    try write(to: path) { sink throws(Failure) in try sink.append(bytes) }
  }

  /// Writes a file piece by piece, so that it never has to be in memory as a whole.
  /// - Throws: `FileWriteError`; what was at the path before is still there.
  static func write(
    to path: String, _ fill: (Sink) throws(Failure) -> Void
  ) throws(FileWriteError) {
    let (target, folder) = try place(of: path)
    do throws(Failure) {
      try write(to: target, in: folder, fill)
    } catch {
      throw FileWriteError(reason(error.code, folder), path: path)
    }
  }

  /// Checks that there is a place for a file, before long work that ends with writing it.
  /// - Parameter kept: Files that must not be replaced.
  /// - Throws: `FileWriteError`; a full disk shows only when it is written.
  public static func check(_ path: String, keeping kept: [String] = []) throws(FileWriteError) {
    let (target, folder) = try place(of: path)
    if let identity = FileIdentity(target.path),
      kept.contains(where: { FileIdentity($0) == identity })
    {
      throw FileWriteError(.isRead, path: path)
    }
    do throws(Failure) {
      try TemporaryFile(for: target.path, in: folder, mode: 0o600).release()
    } catch {
      throw FileWriteError(reason(error.code, folder), path: path)
    }
  }

  /// Whether there is something of that name.
  public static func isThere(_ path: String) -> Bool { access(path, F_OK) == 0 }

  private static func place(
    of path: String
  ) throws(FileWriteError) -> (target: Target, folder: String) {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw FileWriteError(.badName, path: path)
    }
    let target = try target(of: path)
    let folder = folder(of: target.path)
    guard isFolder(folder) else {
      throw FileWriteError(.noFolder(folder), path: path)
    }
    return (target, folder)
  }

  /// A failed call's `errno`.
  struct Failure: Error {
    fileprivate let code: CInt
    init() { code = errno }
  }

  /// The end of the file that is being written.
  struct Sink {
    fileprivate let file: CInt

    func append(_ bytes: [UInt8]) throws(Failure) {
      try bytes.withUnsafeBufferPointer { bytes throws(Failure) in
        try append(UnsafeRawBufferPointer(bytes))
      }
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
      var rest = bytes[...]
      while !rest.isEmpty {
        // Some systems refuse more than 2 GB at a time.
        let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
        let count = systemWrite(file, piece.baseAddress, piece.count)
        if count > 0 {
          rest = rest.dropFirst(count)
        } else if errno != EINTR {
          throw Failure()
        }
      }
    }
  }

  /// A file to be replaced, links resolved, or one to be made.
  private struct Target {
    let path: String
    /// The permissions of the file that is there; nil where there is none.
    let mode: mode_t?
  }

  private static func target(of path: String) throws(FileWriteError) -> Target {
    var status = stat()
    guard stat(path, &status) == 0 else {
      guard !path.hasSuffix("/") else { throw FileWriteError(.noFolder(path), path: path) }
      return Target(path: path, mode: nil)
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw FileWriteError(.isFolder, path: path)
    default: throw FileWriteError(.notRegular, path: path)
    }
    guard let resolved = realpath(path, nil) else { return Target(path: path, mode: nil) }
    defer { free(resolved) }
    return Target(path: String(cString: resolved), mode: status.st_mode & 0o777)
  }

  private static func write(
    to target: Target, in folder: String, _ fill: (Sink) throws(Failure) -> Void
  ) throws(Failure) {
    let file = try TemporaryFile(for: target.path, in: folder, mode: target.mode ?? 0o666)
    defer { file.release() }
    if let mode = target.mode, fchmod(file.descriptor, mode) != 0 { throw Failure() }
    try fill(Sink(file: file.descriptor))
    try file.replaceTarget()
    // The new name is safe once its folder is on the disk; not every file system can do that.
    let handle = open(folder, O_RDONLY | O_CLOEXEC)
    if handle >= 0 {
      _ = fsync(handle)
      close(handle)
    }
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private static func reason(_ code: CInt, _ folder: String) -> FileWriteError.Reason {
    switch code {
    case EACCES, EPERM, EROFS: .noPermission(folder: folder)
    case ENOSPC, EDQUOT: .noSpace
    case ENAMETOOLONG: .badName
    default: .failed(String(cString: strerror(code)))
    }
  }
}

/// The system's `write`, which `FileWriter.write` would hide.
private func systemWrite(_ file: CInt, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(file, bytes, count)
}
