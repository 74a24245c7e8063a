public import Tensors

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What `FolderWriter` is about to put into a folder.
public final class NewFolder {
  let place: WritePlace
  /// Where the files are for now.
  let partial: PartialFolder
  /// The files that have been added, in this order.
  private(set) var names: [String] = []
  private(set) var isLeftOut: (String) -> Bool = { _ in false }

  init(_ place: WritePlace, inside: Bool) throws(FileWriteError) {
    self.place = place
    partial = try PartialFolder(for: place, inside: inside)
  }

  public func add(_ name: String, _ text: String) throws(FileWriteError) {
    try add(name, Array(text.utf8))
  }

  /// Adds a file.
  /// - Precondition: There is none of that name yet.
  /// - Throws: `FileWriteError`, also where a sub-folder has that name.
  public func add(_ name: String, _ bytes: [UInt8]) throws(FileWriteError) {
    let sink = try begin(name)
    defer { close(sink.descriptor) }
    try sink.append(bytes)
    try finish(name, sink)
  }

  /// Adds a copy of a file, which may be the one that is replaced.
  /// - Throws: `FileReadError` or `FileWriteError`.
  public func add(_ name: String, copyOf path: String) throws {
    let file = try MappedFile(path: path)
    let sink = try begin(name)
    defer { close(sink.descriptor) }
    try sink.append(file.bytes)
    try finish(name, sink)
  }

  /// Adds a safetensors file, as `SafetensorsWriter` writes it.
  public func add(
    _ name: String, tensors: [String: Tensor], metadata: [String: String] = ["format": "pt"]
  ) throws {
    try add(name, entries: SafetensorsWriter.entries(of: tensors), metadata: metadata) {
      tensors[$0.name]!
    }
  }

  /// Adds a safetensors file, of which one tensor at a time is in memory.
  /// - Parameters:
  ///   - entries: Name, shape and type of each tensor.
  ///   - tensor: Gives each when its turn comes.
  public func add(
    _ name: String, entries: [SafetensorsLayout.Entry],
    metadata: [String: String] = ["format": "pt"],
    tensor: (SafetensorsLayout.Entry) throws -> Tensor
  ) throws {
    let layout = try SafetensorsWriter.layout(entries, metadata, path: "\(place.path)/\(name)")
    let sink = try begin(name)
    defer { close(sink.descriptor) }
    try SafetensorsWriter.write(layout, to: sink, tensor: tensor)
    try finish(name, sink)
  }

  /// Names files that do not stay if they are in the old folder.
  public func leaveOut(where isLeftOut: @escaping (String) -> Bool) { self.isLeftOut = isLeftOut }

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
