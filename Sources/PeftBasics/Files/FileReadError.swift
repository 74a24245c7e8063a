import PeftPlatform

/// A file that could not be read, whatever is in it.
public struct FileReadError: Diagnosis, Hashable {
  public enum Reason: Hashable, Sendable {
    case notFound
    case isFolder
    /// It is "a device", "a pipe", "a socket".
    case notRegular(kind: String)
    case noPermission
    case tooLarge(bytes: Int, limit: Int)
    case unreadable(String)

    package var problem: String {
      switch self {
      case .notFound: "there is no such file"
      case .isFolder: "this is a folder, not a file"
      case .notRegular: "this is a device, a pipe or a socket"
      case .noPermission: "no permission to read this file"
      case .tooLarge(let bytes, let limit):
        "the file has \(bytes.asWholeUnits), more than the \(limit.asWholeUnits) that are allowed"
      case .unreadable(let reason): "the file cannot be read: \(reason)"
      }
    }

    package var fix: String {
      switch self {
      case .notFound: "check the path"
      case .isFolder: "name a file inside it"
      case .notRegular: "save it in a file, and name that"
      case .noPermission: "allow it, for example with 'chmod u+r'"
      case .tooLarge: "check that this is the right file"
      case .unreadable: "check the disk, or copy the file elsewhere"
      }
    }
  }

  public let reason: Reason
  public let path: String

  package init(_ reason: Reason, path: String) {
    self.reason = reason
    self.path = path
  }

  public var words: (problem: String, fix: String?) { (reason.problem, reason.fix) }
  public var place: DiagnosisPlace? { .file(path) }
}

extension FileReadError {
  /// What a call's `errno` means for the file.
  package init(code: CInt = errno, path: String) {
    let reason: Reason =
      switch code {
      case ENOENT, ENOTDIR, ENAMETOOLONG: .notFound
      case EACCES, EPERM: .noPermission
      case EISDIR: .isFolder
      case ENXIO: .notRegular(kind: "a socket or device")
      default: .unreadable(String(cString: strerror(code)))
      }
    self.init(reason, path: path)
  }

  /// What is wrong with something that is no regular file.
  init(mode: mode_t, path: String) {
    let reason: Reason =
      switch mode & S_IFMT {
      case S_IFDIR: .isFolder
      case S_IFIFO: .notRegular(kind: "a pipe")
      case S_IFSOCK: .notRegular(kind: "a socket")
      default: .notRegular(kind: "a device")
      }
    self.init(reason, path: path)
  }
}
