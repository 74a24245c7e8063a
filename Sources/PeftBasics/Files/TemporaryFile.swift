import PeftPlatform

/// A file in the making, which takes its name when it is whole.
///
/// On Linux it has no name at all before, so that a process that is killed leaves nothing behind;
/// where file systems cannot do that, it has one that ends in `.tmp`.
struct TemporaryFile {
  let sink: FileSink
  private let place: WritePlace
  /// What it is called for now; nil where it has no name.
  private let name: String?

  private static let folderOfDescriptors = "/proc/self/fd"

  /// - Throws: `FileWriteError` where nothing can be made in the folder.
  init(for place: WritePlace) throws(FileWriteError) {
    self.place = place
    (sink, name) = try Self.make(for: place)
    // Made with the permissions of the file that is there, less the user's mask.
    if let mode = place.mode, fchmod(sink.descriptor, mode) != 0 {
      let failure = place.failure()
      release()
      throw failure
    }
  }

  private static func make(
    for place: WritePlace
  ) throws(FileWriteError) -> (sink: FileSink, name: String?) {
    let mode = place.mode ?? 0o666
    #if os(Linux)
      // Linux's O_TMPFILE, which its header does not give to Swift.
      let unnamed = O_WRONLY | O_CLOEXEC | O_DIRECTORY | 0x40_0000
      let file = open(place.folder, unnamed, mode)
      if file >= 0, access(folderOfDescriptors, X_OK) == 0 {
        return (FileSink(descriptor: file, place: place), nil)
      }
      if file >= 0 { close(file) }
    #endif
    let name = freeName(beside: place.target)
    let named = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard named >= 0 else { throw place.failure() }
    return (FileSink(descriptor: named, place: place), name)
  }

  private static func freeName(beside target: String) -> String {
    "\(target).\(getpid())-\(UInt32.random(in: .min ... .max)).tmp"
  }

  /// Flushes the content to the disk and puts it in the target's place, in one step.
  func replaceTarget() throws(FileWriteError) {
    try sink.flush()
    let name = try nameForRenaming()
    guard rename(name, place.target) == 0 else {
      let failure = place.failure()
      unlink(name)
      throw failure
    }
    // The new name is safe once its folder is on the disk.
    Paths.flush(folder: place.folder)
  }

  private func nameForRenaming() throws(FileWriteError) -> String {
    if let name { return name }
    let name = Self.freeName(beside: place.target)
    #if os(Linux)
      let source = "\(Self.folderOfDescriptors)/\(sink.descriptor)"
      guard linkat(AT_FDCWD, source, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0 else {
        throw place.failure()
      }
    #endif
    return name
  }

  /// Closes the file, and gives it up if it has not taken its name.
  func release() {
    if let name { unlink(name) }
    close(sink.descriptor)
  }
}
