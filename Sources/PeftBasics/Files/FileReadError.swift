import PeftPlatform

/// A file that could not be opened, whatever is in it.
public struct FileReadError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Reason: Hashable, Sendable {
    case notFound
    case isFolder
    /// A device, a pipe, a socket.
    case notRegular
    case noPermission
    case unreadable(String)
  }

  public let reason: Reason
  public let path: String

  public var description: String {
    let (problem, fix): (String, String) =
      switch reason {
      case .notFound: ("there is no such file", "check the path")
      case .isFolder: ("this is a folder, not a file", "name a file inside it")
      case .notRegular: ("this is a device, a pipe or a socket", "save it in a file, and name that")
      case .noPermission:
        ("no permission to read this file", "allow it, for example with 'chmod u+r'")
      case .unreadable(let reason):
        ("the file cannot be read: \(reason)", "check the disk, or copy the file elsewhere")
      }
    return "\(path): error: \(problem)\n  fix: \(fix)"
  }
}

extension FileReadError {
  /// What a call's `errno` means for the file.
  package init(code: CInt = errno, path: String) {
    let reason: Reason =
      switch code {
      case ENOENT, ENOTDIR, ENAMETOOLONG: .notFound
      case EACCES, EPERM: .noPermission
      case EISDIR: .isFolder
      case ENXIO: .notRegular
      default: .unreadable(String(cString: strerror(code)))
      }
    self.init(reason: reason, path: path)
  }
}
