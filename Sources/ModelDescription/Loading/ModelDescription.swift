import ModelGraph
import PeftBasics

/// A model as described in YAML, JSON, or a checkpoint's configuration; ready to become a graph.
///
///     let graph = try ModelDescription("gpt2", setting: [("layers", "2")]).graph()
public struct ModelDescription: Sendable {
  /// What the model is called.
  public let name: String
  let document: DescriptionDocument
  let dimensions: DimensionValues
  /// The folder of the checkpoint whose configuration was read; nil for a description.
  public let checkpointFolder: String?
  /// The names that its parameters can have in a checkpoint.
  public let checkpointNames: CheckpointNames
  /// What its configuration says that matters in training alone.
  public let trainingDefaults: TrainingDefaults
  /// The families that its configuration could name.
  package let families: ModelFamilies

  /// Finds and reads a description.
  ///
  /// - Parameters:
  ///   - model: A folder with a `config.json`, a description's path, or a bundled model's name.
  ///   - settings: Dimensions to set anew, by name, as they would be written in the file.
  ///   - families: What a folder's `model_type` can name.
  /// - Throws: `DescriptionError` or `DescriptionErrors`, with places and ways to put it right.
  public init(
    _ model: String, setting settings: [(String, String)] = [],
    families: ModelFamilies = .standard
  ) throws {
    switch try ModelLocation(model) {
    case .description(let source):
      try self.init(DescriptionDocument(source), setting: settings, families: families)
    case .checkpoint(let folder):
      let configuration = try CheckpointConfiguration(folder: folder, families: families)
      try self.init(
        configuration.document, name: ModelLocation.name(ofFolder: folder), folder: folder,
        configuredBy: configuration.dimensions(), setting: settings,
        trainingDefaults: configuration.trainingDefaults, families: families)
    }
  }

  /// Reads the text of a checkpoint's `config.json`.
  /// - Parameters:
  ///   - path: What messages call it.
  ///   - families: What its `model_type` can name.
  public init(
    configuration text: String, path: String = "config.json", families: ModelFamilies = .standard
  ) throws {
    let configuration = try CheckpointConfiguration(
      DocumentReader.read(text: text, path: path), families: families)
    try self.init(
      configuration.document, configuredBy: configuration.dimensions(),
      trainingDefaults: configuration.trainingDefaults, families: families)
  }

  /// Reads a description from a text.
  /// - Parameter path: What messages call it. `extends` can name bundled models.
  public init(
    text: String, path: String = "description.yaml", setting settings: [(String, String)] = []
  ) throws {
    try self.init(DescriptionDocument(text: text, path: path), setting: settings)
  }

  init(
    _ document: DescriptionDocument, name: String? = nil, folder: String? = nil,
    configuredBy configured: [ConfiguredDimension] = [], setting settings: [(String, String)] = [],
    trainingDefaults: TrainingDefaults = TrainingDefaults(), families: ModelFamilies = .standard
  ) throws {
    self.document = document
    self.families = families
    self.trainingDefaults = trainingDefaults
    checkpointFolder = folder
    guard let written = document["name"] else {
      throw DescriptionError(LoadingProblem.missingKey("name"), at: document.range)
    }
    guard let text = written.scalar?.text, !text.isEmpty else {
      throw DescriptionError(
        LoadingProblem.wrongKind(key: "name", expected: "text", found: written.kindName),
        at: written.range)
    }
    for key in ["model_type", "summary"] {
      guard let node = document[key], node.string == nil else { continue }
      throw DescriptionError(
        LoadingProblem.wrongKind(key: key, expected: "text", found: node.kindName), at: node.range)
    }
    self.name = name ?? text
    var dimensions = Dimensions()
    if let node = document["dimensions"] {
      guard let entries = node.entries else {
        throw DescriptionError(
          LoadingProblem.wrongKind(
            key: "dimensions", expected: "a mapping of names", found: node.kindName),
          at: node.range)
      }
      for entry in entries {
        try dimensions.define(entry.key, as: entry.value, keyRange: entry.keyRange)
      }
    }
    for dimension in configured {
      switch dimension.content {
      case .value(let value):
        dimensions.define(dimension.name, as: value, from: dimension.range)
      case .written(let node):
        try dimensions.define(dimension.name, as: node, keyRange: dimension.range)
      }
    }
    for (name, text) in settings { try dimensions.override(name, with: text, option: "--set") }
    self.dimensions = try dimensions.values()
    checkpointNames = try CheckpointNames(document["checkpoint"])
  }

  /// Hugging Face's name for the family; nil for a model of one's own.
  public var modelType: String? { document["model_type"]?.string }

  /// One line about the model.
  public var summary: String? { document["summary"]?.string }
}
