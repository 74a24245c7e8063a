import PeftPlatform

/// Where a file or a folder is to be written, and what is there.
package struct WritePlace {
  /// As the caller gave it, which is what errors name.
  package let path: String
  /// The same with links resolved, so that what they lead to is replaced.
  let target: String
  /// The folder that the target is in.
  let folder: String
  /// The permissions of what is there; nil where nothing is.
  let mode: mode_t?

  init(file path: String) throws(FileWriteError) {
    try self.init(path, expected: .file) {
      $0 == .folder ? .isFolder : .notRegular
    }
  }

  init(folder path: String) throws(FileWriteError) {
    try self.init(path, expected: .folder) {
      $0 == .file ? .isFile : .notRegular
    }
  }

  private init(
    _ path: String, expected: Paths.Kind, _ mistake: (Paths.Kind) -> FileWriteError.Reason
  ) throws(FileWriteError) {
    self.path = path
    guard !path.isEmpty, !path.utf8.contains(0) else { throw FileWriteError(.badName, path: path) }
    var status = stat()
    if stat(path, &status) == 0 {
      let kind = Paths.kind(status.st_mode)
      guard kind == expected else { throw FileWriteError(mistake(kind), path: path) }
      mode = status.st_mode & (kind == .file ? 0o777 : 0o7777)
      target = Paths.resolved(path) ?? path
    } else {
      mode = nil
      target = try Self.new(path, expected)
    }
    folder = Paths.split(target).folder
    guard Paths.kind(of: folder) == .folder else {
      throw FileWriteError(.noFolder(folder), path: path)
    }
  }

  /// The target where there is nothing yet.
  private static func new(
    _ path: String, _ expected: Paths.Kind
  ) throws(FileWriteError) -> String {
    guard expected == .folder else {
      guard !path.hasSuffix("/") else { throw FileWriteError(.noFolder(path), path: path) }
      return path
    }
    var target = path[...]
    while target.count > 1, target.last == "/" { target = target.dropLast() }
    // A folder cannot take the place of a link.
    var status = stat()
    guard lstat(String(target), &status) != 0 else {
      throw FileWriteError(.brokenLink, path: path)
    }
    guard errno != ENAMETOOLONG else { throw FileWriteError(.badName, path: path) }
    return String(target)
  }

  /// What a call's `errno` means for what is written here.
  func failure(_ code: CInt = errno, in folder: String? = nil) -> FileWriteError {
    let reason: FileWriteError.Reason =
      switch code {
      case EACCES, EPERM, EROFS: .noPermission(folder: folder ?? self.folder)
      case ENOSPC, EDQUOT: .noSpace
      case ENAMETOOLONG: .badName
      default: .failed(String(cString: strerror(code)))
      }
    return FileWriteError(reason, path: path)
  }

  /// A file in this folder.
  func file(_ name: String) throws(FileWriteError) -> WritePlace {
    let path = "\(path)/\(name)"
    guard !["", ".", ".."].contains(name), !name.utf8.contains(where: { $0 == 0 || $0 == 0x2F })
    else { throw FileWriteError(.badName, path: path) }
    var status = stat()
    let target = "\(target)/\(name)"
    let isThere = stat(target, &status) == 0
    if isThere, Paths.kind(status.st_mode) == .folder {
      throw FileWriteError(.isFolder, path: path)
    }
    return WritePlace(
      path: path, target: target, folder: self.target,
      mode: isThere ? status.st_mode & 0o777 : nil)
  }

  private init(path: String, target: String, folder: String, mode: mode_t?) {
    (self.path, self.target, self.folder, self.mode) = (path, target, folder, mode)
  }
}
