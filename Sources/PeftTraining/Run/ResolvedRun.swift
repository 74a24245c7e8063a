import CPUCore
import ModelDescription
import ModelGraph
import PeftAdapters
import PeftTensors
import TunerKit

/// A recipe with everything that it names, found once: model, adapter, data, and the training of these.
struct ResolvedRun {
  let recipe: TrainingRecipe
  let model: Model
  let training: AdapterTraining
  let objective: TrainingObjective
  /// The training data, from where the run begins or is resumed.
  let stream: BatchStream
  /// The evaluation data from its beginning; nil where there is none.
  let evaluation: BatchStream?
  /// The test data; nil where there is none.
  let test: BatchStream?
  let totalSteps: Int
  /// The model's `config.json`, where it is not the one in the model's folder.
  let modelConfiguration: String?
  private let data: RunData
  private let tuners: TunerRegistry
  let warnings: [String]

  /// - Parameters:
  ///   - recipe: One that was checked.
  ///   - start: What it starts from, where that is known already.
  ///   - source: Opens what the recipe names, or has it open already.
  ///   - position: Where the training data goes on.
  init(
    _ recipe: TrainingRecipe, startingFrom start: RunStart? = nil, in source: RunSource,
    at position: DataPosition = .start
  ) throws {
    let described = try source.model(of: recipe)
    let recipe = recipe.classifying(on: described)
    tuners = source.catalog.tuners
    modelConfiguration = described.description.configuration
    let isResumed = position != .start
    let threads = try recipe.threads ?? ThreadCount.fromEnvironment()
    func found() throws -> RunStart {
      try start ?? RunStart(recipe, on: described.graph, tuners: source.catalog.tuners)
    }
    // Which weights the files may lack depends on the adapter; their initial values do not.
    let known = recipe.weights == Model.randomWeights ? nil : try found()
    let exact =
      try known?.model(described, for: recipe, threads: threads, isResumed: isResumed)
      ?? described.randomModel(seed: recipe.seed, threads: threads)
    model = exact.computing(in: recipe.precision)
    data = try source.data(of: recipe, for: described)
    objective = data.objective
    stream = try data.stream(at: position)
    evaluation = try data.evaluation()
    test = try data.test()
    self.recipe = recipe.withChatDate(of: stream)
    totalSteps = try data.steps(of: recipe)
    let initial = try (known ?? found()).weights(on: model, for: recipe)
    let weights = initial.of(initial.adapter.saying(objective, of: described))
    do {
      training = try AdapterTraining(
        weights, on: model,
        settings: AdapterTraining.Settings(
          objective: objective, optimizer: recipe.optimizer,
          maximumGradientNorm: recipe.clipGradNorm, dropout: recipe.dropout,
          totalSteps: totalSteps, accumulate: recipe.accumulate,
          checkpointActivations: recipe.checkpointActivations))
    } catch GradientError.nothingTrained {
      throw TrainingSetupError.nothingTrained
    }
    warnings =
      model.warnings + weights.warnings + stream.warnings
      + (isResumed ? [] : recipe.warnings(about: described.description))
      + (recipe.optimizer.learningRate == 0 ? ["the learning rate is 0: nothing is learnt"] : [])
    try checkMetric()
    try checkMemory()
    try data.checkLabels(isResumed: isResumed)
  }

  /// What is trained, as it was when the evaluations were best; nil where there was none.
  /// - Parameter folder: The best adapter's.
  func trainedTensors(
    in folder: String, _ evaluations: EvaluationProgress
  ) throws -> [String: Tensor]? {
    guard evaluations.best != nil, AdapterFolder.isThere(folder) else { return nil }
    return try AdapterFolder(folder, registry: tuners).weights(of: training.adapter, for: model)
      .tensors
  }

  /// Early stopping follows what evaluations measure.
  private func checkMetric() throws {
    guard recipe.earlyStopping != nil else { return }
    let known = try objective.metrics(on: model.graph)
    guard !known.contains(recipe.metric) else { return }
    throw TrainingSetupError.noMetric(
      recipe.metric.rawValue, objective: objective.name, known: known.map(\.rawValue))
  }

  /// The largest shapes of the run's batches: all their texts are encoded to find them. Those of full padding
  /// where some text cannot be, which the run will say when it comes to it.
  var largestShapes: [String: [Int]] {
    (try? data.largestShapes(inBatches: totalSteps * recipe.accumulate)) ?? stream.batchShapes
  }

  /// Texts are only encoded where there would be too little memory for full padding.
  private func checkMemory() throws {
    let present = MachineMemory.byteCount
    if let needed = try plannedBytes(stream.batchShapes), needed <= present { return }
    let needed = try plannedBytes(largestShapes)
    if let needed, needed <= present { return }
    let sizes =
      ["batch_size (\(recipe.batchSize))"]
      + (recipe.sequenceLength.map { ["sequence_length (\($0))"] } ?? [])
    throw TrainingSetupError.tooLittleMemory(
      needed: needed, present: present, sizes: sizes.joined(separator: " or "))
  }

  /// Nil for more bytes than can be counted.
  private func plannedBytes(_ shapes: [String: [Int]]) throws -> Int? {
    do { return try training.plannedBytes(for: shapes) } catch let error as ProgramError {
      guard case .tooLarge = error.reason else { throw error }
      return nil
    }
  }
}

extension Adapter {
  /// What PEFT's automatic classes need to know: the task, or the class of the base model.
  fileprivate func saying(_ objective: TrainingObjective, of model: ModelSource) -> Adapter {
    let adapter = objective.task(of: model.graph).map { forTask($0, on: model.graph) } ?? self
    guard let name = model.description.trainingDefaults.pythonClass,
      let type = model.description.modelType?.replacing("-", with: "_")
    else { return adapter }
    return adapter.onClass(name, in: "transformers.models.\(type).modeling_\(type)")
  }
}

extension TrainingRecipe {
  /// With the day that the texts of its conversations have, so that a resumed run reads the same.
  fileprivate func withChatDate(of stream: BatchStream) -> TrainingRecipe {
    guard let date = stream.chatDate else { return self }
    var recipe = self
    recipe.data.chatDate = date
    return recipe
  }

  /// A fresh adapter begins on the model alone, also where another one lies in its folder.
  fileprivate func warnings(about model: ModelDescription) -> [String] {
    guard case .tuner = start, let folder = model.checkpointFolder, AdapterFolder.isThere(folder)
    else { return [] }
    return [
      "an adapter lies in the model's own folder and is not used: a new one starts from the model alone; "
        + "give that folder as the adapter to train it further"
    ]
  }
}
