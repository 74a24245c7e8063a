import PeftPlatform

/// What paths mean, by their letters or as the file system has it.
package enum Paths {
  package enum Kind { case folder, file, other }

  /// What is at a path, links followed; nil where there is nothing.
  package static func kind(of path: String) -> Kind? {
    var status = stat()
    guard !path.utf8.contains(0), stat(path, &status) == 0 else { return nil }
    return kind(status.st_mode)
  }

  static func kind(_ mode: mode_t) -> Kind {
    switch mode & S_IFMT {
    case S_IFDIR: .folder
    case S_IFREG: .file
    default: .other
    }
  }

  /// A path as the folder's and the name in it.
  package static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
    let folder = slash == path.startIndex ? "/" : String(path[..<slash])
    return (folder, String(path[path.utf8.index(after: slash)...]))
  }

  /// Makes a folder, and those that it is in, as far as they are not there and can be made.
  package static func makeFolder(_ path: String) {
    guard mkdir(path, 0o777) != 0, errno == ENOENT else { return }
    makeFolder(split(path).folder)
    mkdir(path, 0o777)
  }

  /// The path from the root that has no links in it; nil where there is nothing.
  static func resolved(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// Puts a folder's list of names on the disk; not every file system can do that.
  static func flush(folder path: String) {
    let handle = open(path, O_RDONLY | O_CLOEXEC)
    guard handle >= 0 else { return }
    _ = fsync(handle)
    close(handle)
  }
}
