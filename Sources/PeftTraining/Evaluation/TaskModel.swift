public import CPUCore
public import ModelDescription
public import PeftAdapters
public import TunerKit

/// A model with adapters in it, ready for its task: what is evaluated, what predicts, what gives vectors.
public struct TaskModel {
  /// Where a model comes from, and how it is run.
  public struct Source {
    /// A checkpoint's folder; or a bundled model's name or a description's path together with `weights`.
    public var model: String
    /// Dimensions of the description to set anew.
    public var settings: [(String, String)]
    /// A safetensors file or a folder with some; the model's own where nil.
    public var weights: String?
    /// What the folder's `model_type` can name.
    public var families: ModelFamilies
    /// Which torch drew the bases that adapters' files lack, where they do not say.
    public var generation: TorchGeneration?
    /// Whether tensors of adapters that are missing or do not fit are warned about only.
    public var isLenient: Bool
    /// As many as there are cores where nil.
    public var threads: Int?
    public var precision: Precision

    public init(
      _ model: String, setting settings: [(String, String)] = [], weights: String? = nil,
      families: ModelFamilies = .standard, generation: TorchGeneration? = nil,
      isLenient: Bool = false, threads: Int? = nil, precision: Precision = .f32
    ) {
      self.model = model
      self.settings = settings
      self.weights = weights
      self.families = families
      self.generation = generation
      self.isLenient = isLenient
      self.threads = threads
      self.precision = precision
    }
  }

  public let description: ModelDescription
  /// Without the adapters.
  public let base: Model
  /// What the adapters have, in their order.
  public let adapters: [AdapterWeights]
  /// The base with the adapters in it, which add up.
  public let model: Model

  /// - Parameters:
  ///   - folders: The adapters. What they save in full, such as a new head, the base may lack.
  ///   - others: Adapters that it is compared with, whose head it is to have.
  /// - Throws: What reading the model and the adapters throws.
  public init(
    _ source: Source, adapters folders: [AdapterFolder] = [], beside others: [AdapterFolder] = []
  ) throws {
    description = try Self.description(of: source, for: folders + others)
    let base = try Model(
      description, weights: source.weights, for: folders, threads: source.threads
    ).computing(in: source.precision)
    self.base = base
    adapters = try folders.enumerated().map { index, folder in
      try folder.weights(
        for: base, name: folders.count == 1 ? Adapter.defaultName : "adapter\(index + 1)",
        generation: source.generation, isLenient: source.isLenient)
    }
    var adapted = PeftModel(base)
    for adapter in adapters { try adapted.add(adapter) }
    try adapted.setAdapters(Array(adapted.adapters.keys))
    model = try adapted.model()
  }

  /// What a model is, with the adapters that it is used with.
  static func description(
    of source: Source, for adapters: [AdapterFolder]
  ) throws -> ModelDescription {
    try ModelDescription(source.model, setting: source.settings, families: source.families)
      .adapted(by: adapters.map(\.path))
  }

  /// What the model is for.
  /// - Parameter problemType: What a classifier's labels are; what its configuration says where nil.
  /// - Throws: `TrainingSetupError` where it has no output for a task, or is no classifier, and `problemType` is
  ///   given.
  public func objective(
    problemType: TrainingRecipe.ProblemType? = nil
  ) throws -> TrainingObjective {
    try TrainingObjective(
      of: model.graph, problemType: problemType,
      usualType: description.trainingDefaults.problemType,
      labelNames: description.trainingDefaults.labelNames)
  }
}
