#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A file in the making, which takes its name when it is whole.
///
/// On Linux it has no name at all before, so that a process that is killed leaves nothing behind;
/// where file systems cannot do that, it has one that ends in `.tmp`.
struct TemporaryFile {
  let descriptor: CInt
  private let target: String
  /// What it is called for now; nil where it has no name.
  private let name: String?

  private static let folderOfDescriptors = "/proc/self/fd"

  /// - Parameter mode: The permissions, as far as the user's mask allows them.
  /// - Throws: `FileWriter.Failure` where nothing can be made in the folder.
  init(for target: String, in folder: String, mode: mode_t) throws(FileWriter.Failure) {
    self.target = target
    #if os(Linux)
      // Linux's O_TMPFILE, which its header does not give to Swift.
      let unnamed = O_WRONLY | O_CLOEXEC | O_DIRECTORY | 0x40_0000
      let file = open(folder, unnamed, mode)
      if file >= 0, access(Self.folderOfDescriptors, X_OK) == 0 {
        (descriptor, name) = (file, nil)
        return
      }
      if file >= 0 { close(file) }
    #endif
    let name = Self.freeName(beside: target)
    descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    self.name = name
    guard descriptor >= 0 else { throw FileWriter.Failure() }
  }

  private static func freeName(beside target: String) -> String {
    "\(target).\(getpid())-\(UInt32.random(in: .min ... .max)).tmp"
  }

  /// Flushes the content to the disk and puts it in the target's place, in one step.
  func replaceTarget() throws(FileWriter.Failure) {
    guard fsync(descriptor) == 0 else { throw FileWriter.Failure() }
    let name = try nameForRenaming()
    guard rename(name, target) == 0 else {
      let failure = FileWriter.Failure()
      unlink(name)
      throw failure
    }
  }

  private func nameForRenaming() throws(FileWriter.Failure) -> String {
    if let name { return name }
    let name = Self.freeName(beside: target)
    #if os(Linux)
      let source = "\(Self.folderOfDescriptors)/\(descriptor)"
      guard linkat(AT_FDCWD, source, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0 else {
        throw FileWriter.Failure()
      }
    #endif
    return name
  }

  /// Closes the file, and gives it up if it has not taken its name.
  func release() {
    if let name { unlink(name) }
    close(descriptor)
  }
}
