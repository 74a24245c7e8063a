public import ModelDescription
import PeftBasics
import PeftCheckpoints
import PeftTensors

/// A model's first weights, drawn at random, to be written as a checkpoint: what training a model of one's own begins
/// with.
///
/// Matrices and tables are normal with the configuration's `initializer_range` as their deviation, biases and rows of
/// padding zero, other vectors one.
public struct FreshCheckpoint {
  public let model: Model
  private let description: ModelDescription

  /// - Parameter seed: The same seed gives the same weights.
  /// - Throws: What making the graph throws; `RunError` where there is too little memory.
  public init(_ description: ModelDescription, seed: Int = 0) throws {
    self.description = description
    let bare = Model(try description.graph(), parameters: [:])
    model = try bare.startingFresh(
      bare.lackingParameters, deviation: description.trainingDefaults.initializerRange, seed: seed,
      warnings: [])
  }

  /// Writes `model.safetensors`, in one step. What lies beside the model's `config.json`, such as a tokenizer, comes
  /// along.
  /// - Parameter replaces: Whether there may be something in the folder when it takes its place.
  /// - Throws: `MergeError.cannotSet` where the configuration cannot say what was set anew; `FileWriteError`. Then the
  ///   folder is as it was.
  public func write(to path: String, replacing replaces: Bool = true) throws {
    let configuration = try description.configurationWithSettings()
    let tensors = Dictionary(
      uniqueKeysWithValues: model.parameters.map { (model.graph[$0.key].name, $0.value) })
    try FolderWriter.write(to: path, replacing: replaces) { folder in
      try folder.addModel(tensors, configuration: configuration, from: description.checkpointFolder)
    }
  }
}
