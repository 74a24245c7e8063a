import Foundation
import Peft
import PeftTestSupport
import Testing

/// An adapter trained by PyTorch and PEFT for fifty steps; see `Tests/Fixtures/generate/training.py`.
struct RecordedTraining: Decodable, Sendable, CustomTestStringConvertible {
  let name: String
  let losses: [Double]
  let gradientNorms: [Double]
  let steps: Int
  private let checkpoint: String
  private let adapter: String
  let batchesName: String
  private let lossName: String
  private let smoothing: Double
  private let accumulation: Int
  private let maximumGradientNorm: Double?
  private let optimizer: Optimizer
  private let schedule: Schedule

  private struct Optimizer: Decodable {
    let name: String
    let lr: Double
    let weightDecay: Double
    let betas: [Double]?
    let eps: Double?
    let momentum: Double?
    let loraPlus: Double?

    private enum CodingKeys: String, CodingKey {
      case name, lr, betas, eps, momentum
      case weightDecay = "weight_decay"
      case loraPlus = "lora_plus"
    }

    /// The method with its settings, as on a command line.
    var text: String {
      let settings = [
        betas.map { "betas=\($0)" }, eps.map { "eps=\($0)" }, momentum.map { "momentum=\($0)" },
      ].compactMap { $0 }
      let method = name.lowercased()
      return settings.isEmpty ? method : "\(method):\(settings.joined(separator: ","))"
    }
  }

  private struct Schedule: Decodable {
    let name: String
    let warmup: Int
  }

  private enum CodingKeys: String, CodingKey {
    case name, losses, steps, checkpoint, adapter, optimizer, schedule
    case gradientNorms = "grad_norms"
    case batchesName = "batches"
    case lossName = "loss"
    case smoothing = "label_smoothing"
    case accumulation = "accumulate"
    case maximumGradientNorm = "clip_grad_norm"
  }

  static func all() throws -> [RecordedTraining] {
    try Fixture.rows("training/manifest.json", at: "cases", exactly: 144)
  }

  /// Those of families that came later, which have one adapter each.
  static func later() throws -> [RecordedTraining] {
    try Fixture.rows("training/later.json", at: "cases", exactly: 11)
  }

  static func named(_ name: String) throws -> RecordedTraining {
    try #require(try all().first { $0.name == name }, "\(name)")
  }

  var testDescription: String { name }

  /// The gradients of the first step by PEFT's names of parameters; nil for a row without.
  func firstGradients() throws -> [String: Tensor]? {
    let path = "training/first/\(name).safetensors"
    guard FileManager.default.fileExists(atPath: Fixture.path(path)) else { return nil }
    return try Fixture.tensors(path)
  }

  /// What the schedule makes of the learning rate in a step.
  func learningRate(step: Int) throws -> Double {
    let method = try #require(
      TrainingMethods.standard.schedules.first { $0.name == schedule.name })
    return optimizer.lr
      * ScheduleRecipe(method.init(), warmup: .steps(schedule.warmup))
      .factor(step: step, of: steps, learningRate: optimizer.lr)
  }

  /// The training before its first step.
  /// - Parameter dropout: The rate of all dropouts: the model's and the adapter's.
  func training(
    threads: Int? = nil, dropout: Double = 0, precision: Precision = .f32
  ) throws -> AdapterTraining {
    let (exact, weights) = try start(threads: threads)
    let model = exact.computing(in: precision)
    return try AdapterTraining(
      weights.dropping(rate: dropout, on: model), on: model,
      settings: settings(dropout: dropout, on: model))
  }

  /// The model, and the adapter that training starts from.
  func start(threads: Int? = nil) throws -> (model: Model, weights: AdapterWeights) {
    let model = try Fixture.checkpoint(checkpoint, threads: threads)
    let folder = try AdapterFolder(Fixture.path("adapted/\(adapter)"))
    return (model, try folder.weights(for: model))
  }

  /// Whether a label is for a row as a whole.
  var isClassifier: Bool { lossName == "classes" }

  /// Whether rounding errors grow from step to step: the recorded RandLora updates are large.
  var isSteep: Bool { adapter.contains("randlora") }

  private func settings(dropout: Double, on model: Model) throws -> AdapterTraining.Settings {
    var recipe = try OptimizerRecipe(named: optimizer.text, flag: "fixture")
    recipe.learningRate = optimizer.lr
    recipe.weightDecay = optimizer.weightDecay
    recipe.loraPlusRatio = optimizer.loraPlus
    return AdapterTraining.Settings(
      objective: try objective(of: model), optimizer: recipe,
      maximumGradientNorm: maximumGradientNorm, dropout: dropout)
  }

  /// What the model is for, which its outputs say but for the labels of some classifiers.
  func objective(of model: Model) throws -> TrainingObjective {
    let types: [String: TrainingRecipe.ProblemType] = [
      "multi_label": .multiLabel, "regression": .regression,
    ]
    let objective = try TrainingObjective(
      of: model.graph, problemType: types[lossName], smoothing: smoothing)
    let names = [
      "causal": "a causal language model", "tokens": "a sequence-to-sequence model",
      "classes": "a classification", "multi_label": "a multi-label classification",
      "regression": "a regression", "contrastive": "a contrastive loss",
      "token_classes": "a masked language model",
    ]
    try #require(objective.name == names[lossName])
    return objective
  }
}

extension AdapterWeights {
  /// The same adapter with another rate of dropout.
  fileprivate func dropping(rate: Double, on model: Model) throws -> AdapterWeights {
    func changed<Configuration: TunerConfiguration>(
      _ configuration: Configuration
    ) throws -> AdapterWeights {
      var values = configuration.values
      for field in values.keys where field.contains("dropout") { values[field] = .number(rate) }
      return AdapterWeights(
        try Adapter(Configuration(values), for: model.graph), tensors: tensors,
        generation: generation)
    }
    return try changed(adapter.configuration)
  }
}

extension RecordedTraining {
  /// The micro-batches of a step; those of the file come round again.
  func batches(ofStep step: Int, in pool: [TrainingBatch]) -> [TrainingBatch] {
    (0..<accumulation).map { pool[(step * accumulation + $0) % pool.count] }
  }

  /// All micro-batches of the row's file.
  func pool() throws -> [TrainingBatch] {
    var inputs: [Int: [String: Tensor]] = [:]
    for (name, tensor) in try Fixture.tensors("training/batches/\(batchesName).safetensors") {
      let parts = name.split(separator: ".", maxSplits: 1)
      inputs[try #require(Int(parts[0])), default: [:]][String(parts[1])] = tensor
    }
    return inputs.sorted { $0.key < $1.key }.map { _, inputs in
      TrainingBatch(inputs: inputs, countedEntries: countedEntries(of: inputs), tokenCount: 0)
    }
  }

  private func countedEntries(of inputs: [String: Tensor]) -> Int {
    guard let labels = inputs[Loss.labelsName] else { return inputs["input_ids"]?.shape[0] ?? 0 }
    guard let classes = labels.integers() else { return labels.count }
    let width = labels.shape.last ?? 1
    return classes.indices.filter { index in
      classes[index] != CrossEntropy.ignoredLabel && (lossName != "causal" || index % width != 0)
    }.count
  }
}
