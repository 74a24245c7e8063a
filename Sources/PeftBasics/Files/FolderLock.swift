import PeftPlatform

/// A folder that one process at a time may work in, for as long as this is held.
///
/// The lock is on a hidden file; the system gives it up when the process ends, however that happens.
package final class FolderLock {
  private let descriptor: CInt

  /// - Returns: Nil where another process holds it.
  /// - Throws: `FileWriteError` where nothing can be written there.
  package init?(_ folder: String) throws(FileWriteError) {
    _ = try WritePlace(folder: folder)
    let place = try WritePlace(file: "\(folder)/.lock")
    descriptor = open(place.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw place.failure() }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      return nil
    }
  }

  deinit { close(descriptor) }
}
