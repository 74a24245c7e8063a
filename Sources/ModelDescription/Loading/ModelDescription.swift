import ModelGraph
import PeftBasics

/// A model as described in YAML, JSON, or a checkpoint's configuration; ready to become a graph.
///
///     let graph = try ModelDescription("gpt2", setting: [("layers", "2")]).graph()
public struct ModelDescription: Sendable {
  /// What the model is called.
  public let name: String
  let document: DescriptionDocument
  private(set) var dimensions: DimensionValues
  /// The dimensions as they were set, before expressions are worked out.
  private var settings: Dimensions
  /// The folder of the checkpoint whose configuration was read; nil for a description.
  public let checkpointFolder: String?
  /// The names that its parameters can have in a checkpoint.
  public let checkpointNames: CheckpointNames
  /// What its configuration says that matters in training alone.
  public let trainingDefaults: TrainingDefaults
  /// What its user should know about its configuration.
  public let warnings: [ConfigurationWarning]
  /// The text of the configuration, where it is not that of the checkpoint's folder.
  package private(set) var configuration: String?
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
        configuration, name: ModelLocation.name(ofFolder: folder), folder: folder,
        setting: settings, families: families)
    case .outline(let source):
      throw DescriptionError(LoadingProblem.isOutline, path: source.path)
    }
  }

  /// Reads the text of a checkpoint's `config.json`.
  /// - Parameters:
  ///   - path: What messages call it.
  ///   - families: What its `model_type` can name.
  public init(
    configuration text: String, path: String = "config.json", families: ModelFamilies = .standard
  ) throws {
    try self.init(configuration: text, path: path, folder: nil, name: nil, families: families)
  }

  /// - Parameters:
  ///   - folder: The checkpoint's.
  ///   - name: What the model is called; as the configuration's family where nil.
  init(
    configuration text: String, path: String, folder: String?, name: String?,
    families: ModelFamilies
  ) throws {
    let file = try ConfigurationFile(path: path, text: text)
    try self.init(
      CheckpointConfiguration(file, families: families), name: name, folder: folder,
      families: families)
    configuration = text
  }

  private init(
    _ configuration: CheckpointConfiguration, name: String? = nil, folder: String? = nil,
    setting settings: [(String, String)] = [], families: ModelFamilies
  ) throws {
    let contents = try configuration.contents()
    try self.init(
      configuration.document, name: name, folder: folder, configuredBy: contents.dimensions,
      setting: settings, trainingDefaults: configuration.trainingDefaults,
      warnings: contents.warnings, families: families)
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
    trainingDefaults: TrainingDefaults = TrainingDefaults(),
    warnings: [ConfigurationWarning] = [], families: ModelFamilies = .standard
  ) throws {
    self.document = document
    self.warnings = warnings
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
    self.settings = dimensions
    self.dimensions = try dimensions.values()
    checkpointNames = try CheckpointNames(document["checkpoint"])
  }

  /// Whether a checkpoint's tensors alone say that the head is one with the embedding.
  package var filesDecideTying: Bool { document["without_head"] != nil }

  /// This model as it is where a checkpoint has no weight for the head; nil where it is the same.
  package func withoutHead() throws -> ModelDescription? {
    guard let entries = document["without_head"]?.entries else { return nil }
    var settings = settings
    for entry in entries { try settings.override(entry) }
    return try ModelDescription(self, settings)
  }

  private init(_ other: ModelDescription, _ settings: Dimensions) throws {
    self = other
    self.settings = settings
    dimensions = try settings.values()
  }

  /// Outputs that a checkpoint need not have the weights for.
  package var optionalOutputs: Set<String> {
    Set(
      document["outputs"]?.entries?.compactMap { entry in
        entry.value["optional"]?.bool == true ? entry.key : nil
      } ?? [])
  }

  /// Hugging Face's name for the family; nil for a model of one's own.
  public var modelType: String? { document["model_type"]?.string }

  /// One line about the model.
  public var summary: String? { document["summary"]?.string }
}
