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
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw FileWriteError(.badName, path: path)
    }
    let target = try target(of: path)
    let folder = folder(of: target.path)
    guard isFolder(folder) else {
      throw FileWriteError(.noFolder(folder), path: path)
    }
    do throws(Failure) {
      try write(bytes, to: target, in: folder)
    } catch {
      throw FileWriteError(reason(error.code, folder), path: path)
    }
  }

  /// A failed call's `errno`.
  private struct Failure: Error {
    let code: CInt
    init() { code = errno }
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
    _ bytes: [UInt8], to target: Target, in folder: String
  ) throws(Failure) {
    let temporary = "\(target.path).\(getpid())-\(UInt32.random(in: .min ... .max)).tmp"
    let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, target.mode ?? 0o666)
    guard file >= 0 else { throw Failure() }
    do throws(Failure) {
      do throws(Failure) {
        if let mode = target.mode, fchmod(file, mode) != 0 { throw Failure() }
        try fill(file, with: bytes)
        guard fsync(file) == 0 else { throw Failure() }
      } catch {
        close(file)
        throw error
      }
      guard close(file) == 0, rename(temporary, target.path) == 0 else { throw Failure() }
    } catch {
      unlink(temporary)
      throw error
    }
    // The new name is safe once its folder is on the disk; not every file system can do that.
    let handle = open(folder, O_RDONLY | O_CLOEXEC)
    if handle >= 0 {
      _ = fsync(handle)
      close(handle)
    }
  }

  private static func fill(_ file: CInt, with bytes: [UInt8]) throws(Failure) {
    var start = 0
    while start < bytes.count {
      let count = bytes[start...].withUnsafeBytes { systemWrite(file, $0.baseAddress, $0.count) }
      if count > 0 {
        start += count
      } else if errno != EINTR {
        throw Failure()
      }
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

/// A file that could not be written.
public struct FileWriteError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Reason: Hashable, Sendable {
    case badName
    case noFolder(String)
    case isFolder
    case notRegular
    case noPermission(folder: String)
    case noSpace
    case failed(String)
  }

  public let reason: Reason
  public let path: String

  init(_ reason: Reason, path: String) {
    self.reason = reason
    self.path = path
  }

  public var description: String {
    let (problem, fix): (String, String) =
      switch reason {
      case .badName: ("this cannot be a file's name", "choose another name")
      case .noFolder(let folder):
        (
          "there is no folder '\(folder)'",
          "make it, for example with 'mkdir -p', or choose another"
        )
      case .isFolder: ("this is a folder", "name a file inside it")
      case .notRegular: ("this is a device, a pipe or a socket", "name an ordinary file")
      case .noPermission(let folder):
        ("no permission to write in '\(folder)'", "allow it, or choose another folder")
      case .noSpace: ("the disk is full", "make room, or choose another disk")
      case .failed(let reason): ("it cannot be written: \(reason)", "choose another place")
      }
    return "\(path): error: \(problem)\n  fix: \(fix)"
  }
}
