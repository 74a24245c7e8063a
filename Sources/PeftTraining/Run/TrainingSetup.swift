import CPUCore
import ModelDescription
import ModelGraph
import PeftAdapters
import PeftBasics
import PeftCheckpoints
import TunerKit

/// Everything that a recipe names, read and checked: model, adapter, data.
struct TrainingSetup {
  let model: Model
  let training: AdapterTraining
  let objective: TrainingObjective
  let stream: BatchStream
  /// The evaluation data from its beginning; nil where there is none.
  let evaluation: BatchStream?
  let totalSteps: Int
  let warnings: [String]

  /// Tokens of a row of text where a recipe does not say.
  private static let usualLength = 512

  /// - Parameters:
  ///   - registry: The tuners that an adapter's folder can name.
  ///   - families: What the model's `model_type` can name.
  ///   - position: Where the training data goes on.
  init(
    _ recipe: TrainingRecipe, registry: TunerRegistry, families: ModelFamilies,
    at position: DataPosition = .start
  ) throws {
    let description = try ModelDescription(recipe.model, families: families)
    let threads = try recipe.threads ?? ThreadCount.fromEnvironment()
    let model = try Self.model(
      recipe, description, registry: registry, threads: threads, isResumed: position != .start)
    let objective = try TrainingObjective(
      of: model.graph, problemType: recipe.problemType,
      usualType: description.trainingDefaults.problemType, smoothing: recipe.labelSmoothing)
    let length = try Self.length(recipe, model.graph)
    let tokens = try Self.tokens(recipe, description, model.graph, objective)
    func open(_ path: String, at position: DataPosition, isEvaluation: Bool) throws -> BatchStream {
      try BatchStream(
        recipe.data, path: path, objective: objective, tokens: tokens,
        batchSize: recipe.batchSize, sequenceLength: length,
        seed: UInt64(bitPattern: Int64(recipe.seed)), at: position, isEvaluation: isEvaluation,
        inputs: model.graph.inputs.map(\.name))
    }
    stream = try open(recipe.data.train, at: position, isEvaluation: false)
    evaluation = try recipe.data.eval.map { try open($0, at: .start, isEvaluation: true) }
    totalSteps = try Self.steps(recipe, stream)
    let weights = try Self.start(recipe, on: model, registry: registry)
    do {
      training = try AdapterTraining(
        weights, on: model,
        settings: AdapterTraining.Settings(
          objective: objective, optimizer: recipe.optimizer,
          maximumGradientNorm: recipe.clipGradNorm, dropout: recipe.dropout,
          totalSteps: totalSteps))
    } catch GradientError.nothingTrained {
      throw TrainingSetupError.nothingTrained
    }
    try Self.checkMemory(training, stream, recipe)
    // A run that goes on has learnt from its rows already.
    if position == .start { try stream.checkLabels() }
    try evaluation?.checkLabels()
    self.model = model
    self.objective = objective
    warnings =
      model.warnings + weights.warnings + stream.warnings
      + (recipe.optimizer.learningRate == 0 ? ["the learning rate is 0: nothing is learnt"] : [])
  }

  private static func checkMemory(
    _ training: AdapterTraining, _ stream: BatchStream, _ recipe: TrainingRecipe
  ) throws {
    let needed: Int?
    do { needed = try training.plannedBytes(for: stream.batchShapes) } catch let error
      as ProgramError
    {
      guard case .tooLarge = error.reason else { throw error }
      needed = nil
    }
    let present = MachineMemory.byteCount
    if let needed, needed <= present { return }
    let sizes =
      ["batch_size (\(recipe.batchSize))"]
      + (recipe.sequenceLength.map { ["sequence_length (\($0))"] } ?? [])
    throw TrainingSetupError.tooLittleMemory(
      needed: needed, present: present, sizes: sizes.joined(separator: " or "))
  }

  private static func length(
    _ recipe: TrainingRecipe, _ graph: Graph
  ) throws(TrainingSetupError) -> Int {
    let limit = graph.positionLimit
    guard let length = recipe.sequenceLength else { return min(limit ?? .max, usualLength) }
    if let limit, length > limit { throw .sequenceTooLong(length, positions: limit) }
    return length
  }

  /// The tokenizer of the recipe or of the model's folder, where the data are texts.
  private static func tokens(
    _ recipe: TrainingRecipe, _ description: ModelDescription, _ graph: Graph,
    _ objective: TrainingObjective
  ) throws -> TokenSettings {
    let vocabulary = graph.vocabulary(of: "input_ids") ?? objective.kind.vocabularySize
    let areTexts = [recipe.data.train, recipe.data.eval].compactMap { $0 }.contains { path in
      DataFormats.format(of: path)?.content == .texts
    }
    // That a file is not there matters more than how it would be read.
    for path in [recipe.data.train, recipe.data.eval].compactMap({ $0 }) {
      _ = try MappedFile(path: path)
    }
    guard areTexts else {
      return try TokenSettings(ofModel: description.checkpointFolder, vocabularySize: vocabulary)
    }
    if let name = recipe.data.tokenizer {
      var tokens = try TokenSettings(named: name, vocabularySize: vocabulary)
      if let folder = description.checkpointFolder {
        tokens.decoderStart =
          try TokenSettings(ofModel: folder, vocabularySize: nil).decoderStart
      }
      return tokens
    }
    guard let folder = description.checkpointFolder,
      FileWriter.isThere(folder.file("tokenizer.json"))
    else { throw TrainingSetupError.noTokenizer(model: recipe.model) }
    return try TokenSettings(named: folder, vocabularySize: vocabulary)
  }

  private static func steps(_ recipe: TrainingRecipe, _ stream: BatchStream) throws -> Int {
    let steps: Int
    switch recipe.length {
    case .steps(let count): steps = count
    case .epochs(let epochs):
      let batches = try stream.batches(inEpochs: epochs)
      guard recipe.accumulate <= batches else {
        throw TrainingSetupError.accumulatesTooMuch(recipe.accumulate, batches: batches)
      }
      steps = (batches + recipe.accumulate - 1) / recipe.accumulate
    }
    let warmup = recipe.schedule.warmupSteps(of: steps)
    guard warmup <= steps else { throw TrainingSetupError.warmupTooLong(warmup, steps: steps) }
    try recipe.schedule.validate(of: steps, learningRate: recipe.optimizer.learningRate)
    return steps
  }

  /// What training starts from.
  private static func start(
    _ recipe: TrainingRecipe, on model: Model, registry: TunerRegistry
  ) throws -> AdapterWeights {
    switch recipe.start {
    case .adapter(let path):
      return try AdapterFolder(path, registry: registry).weights(for: model)
    case .tuner(let configuration):
      func fresh(_ configuration: some TunerConfiguration) throws -> AdapterWeights {
        var configuration = configuration
        if configuration.options.baseModelNameOrPath == nil {
          configuration.options.baseModelNameOrPath = recipe.model
        }
        return try AdapterWeights(
          Adapter(configuration, for: model.graph), on: model, seed: recipe.seed)
      }
      return try fresh(configuration)
    }
  }
}
