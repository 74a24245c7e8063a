import PeftPlatform

/// A folder that one process at a time may work in, for as long as this is held.
///
/// The lock is on a hidden file; the system gives it up when the process ends, however that happens.
package final class FolderLock {
  private let descriptor: CInt
  private let path: String

  private static func path(in folder: String) -> String { "\(folder)/.lock" }

  /// Whether somebody has worked in a folder before.
  package static func isThere(_ folder: String) -> Bool { FileWriter.isThere(path(in: folder)) }

  /// - Returns: Nil where another process holds it.
  /// - Throws: `FileWriteError` where nothing can be written there.
  package init?(_ folder: String) throws(FileWriteError) {
    _ = try WritePlace(folder: folder)
    let place = try WritePlace(file: Self.path(in: folder))
    path = place.path
    while true {
      let file = open(place.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
      guard file >= 0 else { throw place.failure() }
      guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
        close(file)
        return nil
      }
      // Who held it may have removed the file in between.
      if FileIdentity(place.path) == FileIdentity(descriptor: file) {
        descriptor = file
        return
      }
      close(file)
    }
  }

  /// Removes the file, so that nobody takes the folder for one that was worked in.
  package func remove() { unlink(path) }

  deinit { close(descriptor) }
}
