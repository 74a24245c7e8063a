import PeftPlatform

extension OpenFolder {
  /// Gives this folder what is in another: the same files under a second name, copies where that
  /// cannot be, links that lead where those lead, and folders with all of it. What is already here
  /// stays.
  /// - Parameter isWanted: Whether an entry of the folder itself is taken.
  /// - Throws: `Refusal`, with `EXDEV` where another file system begins inside.
  func adopt(
    from other: OpenFolder, where isWanted: (String) -> Bool = { _ in true }
  ) throws(Refusal) {
    let device = other.status.st_dev
    for name in try other.names() where isWanted(name.text) {
      var status = stat()
      guard fstatat(other.descriptor, name.bytes, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
        if errno == ENOENT { continue }
        throw Refusal()
      }
      guard status.st_dev == device else { throw Refusal(EXDEV) }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: try adopt(folder: name, from: other)
      case S_IFLNK: try adopt(link: name, from: other)
      default: try adopt(file: name, status, from: other)
      }
    }
  }

  private func adopt(folder name: Name, from other: OpenFolder) throws(Refusal) {
    let original = try OpenFolder(name, in: other)
    let isNew = mkdirat(descriptor, name.bytes, 0o700) == 0
    guard isNew || errno == EEXIST else { throw Refusal() }
    let copy = try OpenFolder(name, in: self)
    try copy.adopt(from: original)
    if isNew { copy.take(permissionsOf: original.status) }
    copy.flush()
  }

  private func adopt(link name: Name, from other: OpenFolder) throws(Refusal) {
    var target = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let length = readlinkat(other.descriptor, name.bytes, &target, target.count - 1)
    guard length >= 0, symlinkat(target, descriptor, name.bytes) == 0 || errno == EEXIST else {
      throw Refusal()
    }
  }

  private func adopt(file name: Name, _ status: stat, from other: OpenFolder) throws(Refusal) {
    guard linkat(other.descriptor, name.bytes, descriptor, name.bytes, 0) != 0 else { return }
    switch errno {
    case EEXIST, ENOENT: return
    case EXDEV: throw Refusal()
    default: guard Paths.kind(status.st_mode) == .file else { throw Refusal() }
    }
    let source = openat(other.descriptor, name.bytes, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
    guard source >= 0 else { throw Refusal() }
    defer { close(source) }
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let copy = openat(descriptor, name.bytes, flags, 0o600)
    guard copy >= 0 else { throw Refusal() }
    defer { close(copy) }
    try Self.copy(source, to: copy)
    Self.give(copy, to: status)
    guard fchmod(copy, status.st_mode & 0o7777) == 0, fsync(copy) == 0 else { throw Refusal() }
  }

  private static func copy(_ source: CInt, to copy: CInt) throws(Refusal) {
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = read(source, &buffer, buffer.count)
      guard count != 0 else { return }
      var written = 0
      while written < count {
        let piece = buffer[written..<count].withUnsafeBytes {
          write(copy, $0.baseAddress, $0.count)
        }
        if piece > 0 { written += piece } else if errno != EINTR { throw Refusal() }
      }
      if count < 0, errno != EINTR { throw Refusal() }
    }
  }

  /// Makes the folder as accessible as another.
  func take(permissionsOf other: stat) {
    Self.give(descriptor, to: other)
    _ = fchmod(descriptor, other.st_mode & 0o7777)
  }

  /// Makes a file the owner's of another, which root can, or at least its group's.
  static func give(_ file: CInt, to other: stat) {
    if fchown(file, other.st_uid, other.st_gid) != 0 { _ = fchown(file, .max, other.st_gid) }
  }

  /// Removes what is at a path, and all that is in it, as far as that is possible and on the same
  /// file system.
  package static func remove(_ path: String) {
    guard unlink(path) != 0, let folder = try? OpenFolder(path) else { return }
    folder.empty()
    rmdir(path)
  }

  private func empty() {
    let device = status.st_dev
    fchmod(descriptor, 0o700)
    for name in (try? names()) ?? [] {
      guard unlinkat(descriptor, name.bytes, 0) != 0 else { continue }
      guard let folder = try? OpenFolder(name, in: self), folder.status.st_dev == device else {
        continue
      }
      folder.empty()
      unlinkat(descriptor, name.bytes, AT_REMOVEDIR)
    }
  }
}
