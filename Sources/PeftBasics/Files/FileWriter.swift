import PeftPlatform

/// Writes whole files: a reader sees the old content or the new, never a part, also after a crash.
///
/// The content goes to a temporary file in the same folder, is flushed to the disk, and takes the
/// name in one step.
package enum FileWriter {
  package static func write(_ text: String, to path: String) throws(FileWriteError) {
    try write(Array(text.utf8), to: path)
  }

  /// - Throws: `FileWriteError`; what was at the path before is still there.
  package static func write(_ bytes: [UInt8], to path: String) throws(FileWriteError) {
    let file = try begun(path)
    defer { file.release() }
    try file.sink.append(bytes)
    try file.replaceTarget()
  }

  /// Writes a file piece by piece.
  /// - Throws: `FileWriteError`, or what `body` throws; what was at the path before is still there.
  package static func write(to path: String, _ body: (FileSink) throws -> Void) throws {
    let file = try begun(path)
    defer { file.release() }
    try body(file.sink)
    try file.replaceTarget()
  }

  private static func begun(_ path: String) throws(FileWriteError) -> TemporaryFile {
    let place = try WritePlace(file: path)
    PartialFolder.removeStale(in: place.folder)
    return try TemporaryFile(for: place)
  }

  /// Checks that there is a place for a file, before long work that ends with writing it.
  /// - Parameter kept: Files that must not be replaced.
  /// - Throws: `FileWriteError`; a full disk shows only when it is written.
  package static func check(_ path: String, keeping kept: [String] = []) throws(FileWriteError) {
    let place = try WritePlace(file: path)
    if let identity = FileIdentity(place.target),
      kept.contains(where: { FileIdentity($0) == identity })
    {
      throw FileWriteError(.isRead, path: path)
    }
    try TemporaryFile(for: place).release()
  }

  /// Whether there is something of that name.
  package static func isThere(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
