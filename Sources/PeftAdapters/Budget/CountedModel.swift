import CPUCore
public import ModelDescription
public import ModelGraph
import PeftBasics
import PeftCheckpoints

/// A model that adapters are matched and counted on: a described one, or one of which only the names and
/// shapes of its weights are known.
///
///     let model = try CountedModel("model.safetensors")
///     let comparison = try Comparison([model.graph], requests)
public struct CountedModel: Sendable {
  public let graph: Graph
  /// What its user should know; a line each.
  public let warnings: [String]

  /// - Parameters:
  ///   - model: What a ``ModelDescription`` is found by; a safetensors file, of which the header is read; the
  ///     index of several; or a file with the text of PyTorch's `print(model)`.
  ///   - settings: Dimensions of a description to set anew.
  ///   - families: What a folder's `model_type` can name.
  /// - Throws: `DescriptionError` or `DescriptionErrors`; errors of files of tensors.
  public init(
    _ model: String, setting settings: [(String, String)] = [],
    families: ModelFamilies = .standard
  ) throws {
    guard let source = try ModelOutline.Source(model) else {
      let description = try ModelDescription(model, setting: settings, families: families)
      graph = try description.graph()
      warnings = description.warnings.map(\.description)
      return
    }
    guard settings.isEmpty else { throw ModelOutline.noDimensions(source.path) }
    let outline =
      switch source {
      case .printed(let path): try ModelOutline(printedAt: path)
      case .tensors(let path): try ModelOutline(checkpointAt: path, families: families)
      }
    graph = outline.graph
    warnings = outline.warnings
  }
}

extension ModelOutline {
  /// Reads the headers of a safetensors file, or of those that an index names. The tensors' bytes need not be
  /// there.
  /// - Throws: `FileReadError`, `SafetensorsError` or `CheckpointError` where a header cannot be read;
  ///   `DescriptionError` where it makes no model.
  public init(checkpointAt path: String, families: ModelFamilies = .standard) throws {
    let checkpoint = try Checkpoint(headersAt: path)
    let tensors = checkpoint.names.compactMap { name in
      checkpoint.info(name).map { info in
        StoredTensor(
          name: name, shape: info.shape,
          element: info.type.isFloatingPoint ? ElementType(stored: info.type) ?? .float32 : nil)
      }
    }
    var notes: [String] = []
    let folder = Paths.split(path).folder
    if Paths.kind(of: "\(folder)/config.json") == .file,
      (try? ModelDescription(folder, families: families).graph()) != nil
    {
      notes.append(
        "its folder has a config.json that is understood: give the folder, \(folder.shown), to be exact"
      )
    }
    if checkpoint.isTruncated {
      notes.append("a file ends before its last tensor does: only headers are read")
    }
    try self.init(tensors: tensors, path: path, notes: notes)
  }
}
