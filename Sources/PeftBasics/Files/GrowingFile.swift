import PeftPlatform

/// A file to whose end lines or records are added, such as a log.
package final class GrowingFile {
  private let sink: FileSink
  /// How long it is, in bytes.
  package private(set) var byteCount: Int

  /// - Parameter length: What to keep of a file that is there, from its beginning.
  /// - Throws: `FileWriteError`.
  package init(_ path: String, keeping length: Int = 0) throws(FileWriteError) {
    let place = try WritePlace(file: path)
    let descriptor = open(place.target, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw place.failure() }
    sink = FileSink(descriptor: descriptor, place: place)
    byteCount = min(length, Int(lseek(descriptor, 0, SEEK_END)))
    guard ftruncate(descriptor, off_t(byteCount)) == 0 else { throw place.failure() }
  }

  deinit { close(sink.descriptor) }

  /// - Throws: `FileWriteError`, also where the disk is full.
  package func append(_ text: String) throws(FileWriteError) { try append(Array(text.utf8)) }

  /// - Throws: `FileWriteError`, also where the disk is full.
  package func append(_ bytes: [UInt8]) throws(FileWriteError) {
    try sink.append(bytes)
    byteCount += bytes.count
  }

  /// Puts what was added on the disk.
  package func flush() throws(FileWriteError) { try sink.flush() }
}
