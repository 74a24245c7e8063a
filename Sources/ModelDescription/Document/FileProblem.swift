public import PeftBasics

/// What can be wrong with a file before a word of it is understood.
public enum FileProblem: Problem {
  case notFound
  case isFolder
  case notRegular(kind: String)
  case noPermission
  case unreadable(reason: String)
  case tooLarge(bytes: Int, limit: Int)
  case otherEncoding(name: String)
  case binary
  case invalidUTF8

  public var message: String {
    switch self {
    case .notFound: "there is no such file"
    case .isFolder: "this is a folder, not a file"
    case .notRegular(let kind): "this is \(kind), not a file"
    case .noPermission: "no permission to read this file"
    case .unreadable(let reason): "the file cannot be read: \(reason)"
    case .tooLarge(let bytes, let limit):
      "the file has \(Self.size(bytes)), more than the \(Self.size(limit)) that are allowed"
    case .otherEncoding(let name): "the file is written in \(name); UTF-8 is expected"
    case .binary: "this is a binary file; YAML or JSON text is expected"
    case .invalidUTF8: "these bytes are not UTF-8 text"
    }
  }

  public var fix: String? {
    switch self {
    case .notFound: "check the path"
    case .isFolder: "name a YAML or JSON file inside it"
    case .notRegular: "save the text in a file, and name that"
    case .noPermission: "allow it, for example with 'chmod u+r'"
    case .unreadable: "check the disk, or copy the file elsewhere and read that"
    case .tooLarge: "a description is short: check that this is the right file"
    case .otherEncoding: "save it as UTF-8, for example with 'iconv -t UTF-8'"
    case .binary: "check that this is the right file; weights do not belong here"
    case .invalidUTF8: "save the file as UTF-8"
    }
  }

  /// 1 byte, 900 bytes, 16 MB: whole units, rounded up, since it is about what is too much.
  private static func size(_ bytes: Int) -> String {
    let units = [(1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB")]
    for (unit, name) in units where bytes >= unit {
      return "\(bytes / unit + (bytes % unit == 0 ? 0 : 1)) \(name)"
    }
    return bytes == 1 ? "1 byte" : "\(bytes) bytes"
  }
}
