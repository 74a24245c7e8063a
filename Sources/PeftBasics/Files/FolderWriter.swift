import CFiles
import PeftPlatform

/// Writes several files of a folder in one step: at every moment, and after a crash at any moment,
/// either all of them are the old ones or all are the new ones.
///
///     try FolderWriter.write(to: "my-adapter") { folder in
///       try folder.add("adapter_config.json", configuration)
///       try folder.add("adapter_model.safetensors", tensors: tensors)
///     }
///
/// The files go to a hidden folder beside the target, `.NAME.partial-…`, and are flushed to the disk.
/// The target's other files and sub-folders get a second place there, and the two folders are
/// exchanged. Files that are open or mapped stay what they are. What a killed process leaves behind
/// is removed when something is written beside it again.
///
/// Where folders cannot be exchanged (NFS; a folder that is mounted, or whose parent must not be
/// written to, or with files in it that must not be read), the files are moved to the target one by
/// one, each in one step, in the order in which they were added: a crash between two leaves a mixture.
/// Nor does one step help a reader who opens one file before it and one after.
package enum FolderWriter {
  /// Writes files to a folder, which is made where it is not there. Its other files stay, and its
  /// permissions and those of replaced files; a file that was a link becomes a file.
  ///
  /// Of several writers at once, each replaces what the one before it has written; of those that replace
  /// nothing, the first one wins.
  /// - Parameters:
  ///   - path: The folder, or a link to one. Its own folder has to be there.
  ///   - replaces: Whether there may be something in the folder by now.
  ///   - fill: Adds the files.
  /// - Throws: `FileWriteError`, or what `fill` throws; then the folder is as it was.
  package static func write(
    to path: String, replacing replaces: Bool = true, _ fill: (NewFolder) throws -> Void
  ) throws {
    try write(to: path, replacing: replaces, movingFiles: false, fill)
  }

  /// - Parameter movesFiles: Whether to do as where folders cannot be exchanged.
  static func write(
    to path: String, replacing replaces: Bool = true, movingFiles movesFiles: Bool,
    _ fill: (NewFolder) throws -> Void
  ) throws {
    let new = try NewFolder(WritePlace(folder: path), inside: movesFiles)
    defer { new.partial.release() }
    try fill(new)
    try new.takePlace(replacing: replaces)
  }

  /// Checks that there is a place for a folder's files, before long work that ends with writing them.
  /// - Parameters:
  ///   - kept: Files that are being read; the folder must not be one that they are in.
  ///   - replaces: Whether there may be something in the folder.
  /// - Throws: `FileWriteError`; a full disk shows only when the files are written.
  package static func check(
    _ path: String, keeping kept: [String] = [], replacing replaces: Bool = true
  ) throws(FileWriteError) {
    let place = try WritePlace(folder: path)
    guard place.mode == nil || !kept.contains(where: { holds(place.target, $0) }) else {
      throw FileWriteError(.isRead, path: path)
    }
    if !replaces, place.mode != nil, isTaken(place.target) {
      throw FileWriteError(.notEmpty, path: path)
    }
    try PartialFolder(for: place).release()
  }

  /// Whether there is something in a folder, apart from what is in the making there.
  fileprivate static func isTaken(_ folder: String) -> Bool {
    guard let names = try? OpenFolder(folder, followingLinks: true).names() else { return false }
    return names.contains { !PartialFolder.isPartial($0.text) }
  }

  /// Whether two paths lead to one folder.
  package static func isOne(_ path: String, _ other: String) -> Bool {
    guard let first = Paths.resolved(path), let second = Paths.resolved(other) else { return false }
    return first == second
  }

  /// Whether a file is in a folder, by its name or by where its name leads.
  private static func holds(_ folder: String, _ file: String) -> Bool {
    let places = [Paths.split(file).folder, file].compactMap(Paths.resolved)
    return places.contains { $0 == folder || $0.hasPrefix("\(folder)/") }
  }
}

extension NewFolder {
  /// Makes the files those of the folder.
  fileprivate func takePlace(replacing replaces: Bool) throws(FileWriteError) {
    partial.folder.flush()
    while partial.isBeside {
      try checkPlace(replacing: replaces)
      if Paths.kind(of: place.target) == nil {
        if rename(partial.path, place.target) == 0 { return Paths.flush(folder: place.folder) }
        guard [EEXIST, ENOTEMPTY].contains(errno) else { throw place.failure() }
      }
      switch try exchange(replacing: replaces) {
      case .done: return
      case .impossible: return try moveFiles()
      case .outdated: continue
      }
    }
    try checkPlace(replacing: replaces)
    try moveFiles()
  }

  /// Makes sure that nobody else was there first.
  private func checkPlace(replacing replaces: Bool) throws(FileWriteError) {
    guard !replaces, FolderWriter.isTaken(place.target) else { return }
    throw FileWriteError(.writtenMeanwhile, path: place.path)
  }

  private enum Exchange { case done, impossible, outdated }

  /// Changes places with the folder that is there, after taking over what else is in it.
  private func exchange(replacing replaces: Bool) throws(FileWriteError) -> Exchange {
    let old: OpenFolder
    do throws(OpenFolder.Refusal) {
      old = try OpenFolder(place.target)
    } catch {
      if error.code == ENOENT { return .outdated }
      throw place.failure(error.code, in: place.target)
    }
    // Another writer may be about to replace it: what that one writes is then to be taken over.
    _ = old.lock(waiting: true)
    guard old.isAt(place.target) else { return .outdated }
    try checkPlace(replacing: replaces)
    do throws(OpenFolder.Refusal) {
      try partial.folder.adopt(from: old, where: staysAsItIs)
    } catch {
      switch error.code {
      case EXDEV, EACCES, EPERM: return .impossible
      case ENOENT: return .outdated
      case let code: throw place.failure(code)
      }
    }
    partial.folder.take(permissionsOf: old.status)
    partial.folder.flush()
    switch cf_exchange(partial.path, place.target) {
    case 0: break
    case ENOSYS, EINVAL, ENOTSUP, EOPNOTSUPP, EBUSY, EXDEV: return .impossible
    case ENOENT: return .outdated
    case let code: throw place.failure(code)
    }
    Paths.flush(folder: place.folder)
    // What was added to the old folder in the meantime.
    try? partial.folder.adopt(from: old, where: staysAsItIs)
    return .done
  }

  private func staysAsItIs(_ name: String) -> Bool {
    !names.contains(name) && !isLeftOut(name) && !PartialFolder.isPartial(name)
  }

  /// Moves the files to the folder one by one.
  private func moveFiles() throws(FileWriteError) {
    for name in names {
      guard rename("\(partial.path)/\(name)", "\(place.target)/\(name)") == 0 else {
        throw try place.file(name).failure()
      }
    }
    guard let target = try? OpenFolder(place.target) else { return }
    for name in (try? target.names()) ?? [] where isLeftOut(name.text) && !names.contains(name.text)
    {
      unlinkat(target.descriptor, name.bytes, 0)
    }
    target.flush()
  }
}
