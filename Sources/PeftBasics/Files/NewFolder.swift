import PeftPlatform

/// What `FolderWriter` is about to put into a folder.
package final class NewFolder {
  package let place: WritePlace
  /// Where the files are for now.
  package let partial: PartialFolder
  /// The files that have been added, in this order.
  package private(set) var names: [String] = []
  private(set) var isLeftOut: (String) -> Bool = { _ in false }

  init(_ place: WritePlace, inside: Bool) throws(FileWriteError) {
    self.place = place
    partial = try PartialFolder(for: place, inside: inside)
  }

  package func add(_ name: String, _ text: String) throws(FileWriteError) {
    try add(name, Array(text.utf8))
  }

  /// Adds a file.
  /// - Precondition: There is none of that name yet.
  /// - Throws: `FileWriteError`, also where a sub-folder has that name.
  package func add(_ name: String, _ bytes: [UInt8]) throws(FileWriteError) {
    let sink = try begin(name)
    defer { close(sink.descriptor) }
    try sink.append(bytes)
    try finish(name, sink)
  }

  /// Adds a copy of a file, which may be the one that is replaced.
  /// - Throws: `FileReadError` or `FileWriteError`.
  package func add(_ name: String, copyOf path: String) throws {
    let file = try MappedFile(path: path)
    try add(name) { sink in try sink.append(file.bytes) }
  }

  /// Adds a file that is written piece by piece.
  /// - Precondition: There is none of that name yet.
  /// - Throws: `FileWriteError`, or what `write` throws.
  package func add(_ name: String, writing write: (FileSink) throws -> Void) throws {
    let sink = try begin(name)
    defer { close(sink.descriptor) }
    try write(sink)
    try finish(name, sink)
  }

  /// Names files that do not stay if they are in the old folder.
  package func leaveOut(where isLeftOut: @escaping (String) -> Bool) { self.isLeftOut = isLeftOut }

  private func begin(_ name: String) throws(FileWriteError) -> FileSink {
    precondition(!names.contains(name), "two files of a folder are called \(name.quoted)")
    let place = try place.file(name)
    let path = "\(partial.path)/\(name)"
    // What is there is of an attempt that failed.
    unlink(path)
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw place.failure() }
    let sink = FileSink(descriptor: file, place: place)
    var status = stat()
    if let mode = place.mode, stat(place.target, &status) == 0 {
      OpenFolder.give(file, to: status)
      guard fchmod(file, mode) == 0 else {
        let failure = place.failure()
        close(file)
        throw failure
      }
    }
    return sink
  }

  private func finish(_ name: String, _ sink: FileSink) throws(FileWriteError) {
    try sink.flush()
    names.append(name)
  }
}
