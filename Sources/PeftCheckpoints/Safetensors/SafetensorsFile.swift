import PeftBasics
public import PeftTensors

/// A safetensors file, opened for reading. It is mapped into memory: opening one reads its header
/// only, and a tensor's values are read from the disk when they are first used.
///
/// The file must not be shortened while it, or a tensor of it, is in use.
/// - SeeAlso: https://huggingface.co/docs/safetensors, "Format".
public struct SafetensorsFile: Sendable {
  public let path: String
  private let file: MappedFile
  private let header: SafetensorsHeader

  /// Opens a file, and checks that its header is sound and accounts for every byte.
  /// - Parameter isWhole: Whether the tensors' bytes have to be there. Without them shapes can be read, as of
  ///   the beginning of a large file.
  /// - Throws: `FileReadError`, or `SafetensorsError` with the first mistake in the file.
  /// - Complexity: Time and memory grow with the header, of at most 100 MB, not with the tensors.
  public init(path: String, isWhole: Bool = true) throws {
    self.path = path
    file = try MappedFile(path: path)
    do {
      header = try SafetensorsHeader(file: file.bytes, isWhole: isWhole)
    } catch {
      throw SafetensorsError(reason: error, path: path)
    }
  }

  /// Whether the file ends before its last tensor does.
  public var isTruncated: Bool {
    header.entries.last.map { header.dataStart + $0.range.upperBound > byteCount } ?? false
  }

  /// The length of the file.
  public var byteCount: Int { file.bytes.count }

  /// Texts about the file, by name: `format` is `pt` in what PyTorch wrote.
  public var metadata: [String: String] { header.metadata }

  /// The tensors' names, in the order in which they are stored.
  public var names: [String] { header.entries.map(\.name) }

  /// Shape and type of a tensor; nil where there is none of that name.
  public func info(_ name: String) -> TensorInfo? { entry(name)?.info }

  /// A tensor; nil where there is none of that name, or where the file ends before it does.
  ///
  /// It lies over the mapped file, and keeps it alive. Only one that is not aligned to its element size
  /// is copied.
  public func tensor(_ name: String) -> Tensor? {
    entry(name).flatMap { entry in
      let start = header.dataStart + entry.range.lowerBound
      guard entry.range.count <= byteCount - start else { return nil }
      return file.tensor(
        in: start..<(start + entry.range.count), shape: entry.info.shape, type: entry.info.type)
    }
  }

  private func entry(_ name: String) -> SafetensorsHeader.Entry? {
    header.indices[name].map { header.entries[$0] }
  }
}
