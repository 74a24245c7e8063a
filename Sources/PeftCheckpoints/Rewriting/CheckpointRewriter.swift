import PeftBasics
public import PeftTensors

/// Writes a checkpoint again, as a folder, with some of its tensors changed: a model into which an
/// adapter was merged, for example.
///
///     var rewriter = CheckpointRewriter(try Checkpoint(path: "gpt2"))
///     try rewriter.replace("wte.weight") { merged }
///     try rewriter.write(to: "gpt2-merged")
///
/// Files keep their names, tensors their files and, unless announced otherwise, their shapes and
/// types. One tensor at a time is in memory.
public struct CheckpointRewriter {
  /// A tensor of the new checkpoint.
  struct Planned {
    let info: TensorInfo
    /// The number of its file among the source's.
    let file: Int
    /// Gives it; nil where it is the source's.
    let tensor: (() throws -> Tensor)?
  }

  let source: Checkpoint
  private(set) var tensors: [String: Planned] = [:]
  /// Files that are not weights, in place of the source's or beside them.
  private(set) var files: [String: [UInt8]] = [:]

  /// The folder whose other files come along, if there is one: the checkpoint's own, unless it is a
  /// single file whose name is not `model.safetensors`.
  public var companionFolder: String?

  /// A rewriter that has nothing to change yet.
  public init(_ checkpoint: Checkpoint) {
    source = checkpoint
    let (folder, name) = Paths.split(checkpoint.files[0].path)
    let isModel = checkpoint.indexMetadata != nil || name == CompanionFiles.singleModel
    companionFolder = isModel ? folder : nil
    for (name, file) in checkpoint.places {
      guard let info = checkpoint.info(name) else { continue }
      tensors[name] = Planned(info: info, file: file, tensor: nil)
    }
  }

  /// Shape and type that a tensor will have; nil where there will be none of that name.
  public func info(_ name: String) -> TensorInfo? { tensors[name]?.info }

  /// Puts another tensor in the place of one.
  /// - Parameters:
  ///   - info: Its shape and type; those of the old one where nil.
  ///   - tensor: Returns it when it is written. Writing fails where it is not as announced.
  /// - Throws: `CheckpointError.Reason.noTensor` where there is none of that name.
  public mutating func replace(
    _ name: String, as info: TensorInfo? = nil, with tensor: @escaping () throws -> Tensor
  ) throws(CheckpointError) {
    let old = try planned(name)
    tensors[name] = Planned(info: info ?? old.info, file: old.file, tensor: tensor)
  }

  /// Adds a tensor.
  /// - Parameters:
  ///   - neighbour: A tensor whose file it goes to; the last file where nil.
  ///   - tensor: Returns it when it is written. Writing fails where it is not as announced.
  /// - Throws: `CheckpointError` where there is one of that name, or no such neighbour.
  public mutating func add(
    _ name: String, _ info: TensorInfo, beside neighbour: String? = nil,
    _ tensor: @escaping () throws -> Tensor
  ) throws(CheckpointError) {
    guard tensors[name] == nil else { throw error(.tensorThere(name)) }
    var file = source.files.count - 1
    if let neighbour { file = try planned(neighbour).file }
    tensors[name] = Planned(info: info, file: file, tensor: tensor)
  }

  /// Leaves a tensor out.
  /// - Throws: `CheckpointError.Reason.noTensor` where there is none of that name.
  public mutating func remove(_ name: String) throws(CheckpointError) {
    _ = try planned(name)
    tensors[name] = nil
  }

  /// Gives a file that is not weights, such as `config.json`, another content, or adds one.
  public mutating func setFile(_ name: String, _ bytes: [UInt8]) { files[name] = bytes }

  func error(_ reason: CheckpointError.Reason) -> CheckpointError {
    CheckpointError(reason: reason, path: source.path)
  }

  private func planned(_ name: String) throws(CheckpointError) -> Planned {
    guard let planned = tensors[name] else { throw error(.noTensor(name)) }
    return planned
  }
}
