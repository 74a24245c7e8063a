import ModelDescription
import ModelGraph
import PeftAdapters
import PeftBasics

/// A recipe's data as batches for its model, opened when they are first needed, and what they are for.
final class RunData {
  let objective: TrainingObjective
  private let files: Files
  private var training: BatchStream?
  private var evaluating: BatchStream?
  private var testing: BatchStream?
  /// Batches of so many epochs, once they are counted: for packed documents that takes all of them.
  private var batches: [Double: Int] = [:]
  private var knownShapes: [Int: [String: [Int]]] = [:]
  private var hasLabels: (training: Bool, evaluation: Bool) = (false, false)

  /// What opening a file takes.
  private struct Files {
    let recipe: TrainingRecipe
    let objective: TrainingObjective
    let tokens: TokenSettings
    let length: Int
    let padding: PaddingStrategy
    let inputs: [String]
    let formats: DataFormats

    /// - Parameter part: Of training data that are split; nil for data of which all is taken.
    func open(
      _ files: DataFiles, at position: DataPosition = .start, isEvaluation: Bool,
      part: DataSplit.Part?
    ) throws -> BatchStream {
      let seed = UInt64(bitPattern: Int64(recipe.seed))
      var split: DataSplit?
      if let share = recipe.data.split, let part {
        let own = recipe.data.splitSeed.map { UInt64(bitPattern: Int64($0)) }
        split = DataSplit(share: share, seed: own ?? seed, part: part)
      }
      let request = DataRequest(
        settings: recipe.data, objective: objective.kind, tokens: tokens, sequenceLength: length,
        isEvaluation: isEvaluation, inputs: inputs, split: split)
      return try BatchStream(
        request, files: files, batchSize: recipe.batchSize, padding: padding,
        groupsByLength: recipe.groupByLength, seed: seed, at: position, formats: formats)
    }
  }

  /// - Parameters:
  ///   - model: The recipe's.
  ///   - formats: What the names of its files can say.
  /// - Throws: What is wrong with the model for a training, and with the tokenizer.
  init(_ recipe: TrainingRecipe, for model: ModelSource, formats: DataFormats) throws {
    let (description, graph) = (model.description, model.graph)
    objective = try TrainingObjective(
      of: graph, problemType: recipe.problemType,
      usualType: description.trainingDefaults.problemType, smoothing: recipe.labelSmoothing,
      labelNames: description.trainingDefaults.labelNames)
    let length = try graph.sequenceLength(recipe.sequenceLength)
    // A file that does not exist is reported before mistakes in how it would be read.
    let paths = try [recipe.data.train, recipe.data.eval, recipe.data.test].compactMap { $0 }
      .flatMap {
        try $0.found(in: formats)
      }
    let tokens = try TokenSettings(
      of: description, graph, called: recipe.model, tokenizer: recipe.data.tokenizer,
      outputs: objective.kind.vocabularySize,
      areTexts: paths.contains { formats.format(of: $0)?.content == .texts })
    files = Files(
      recipe: recipe, objective: objective, tokens: tokens, length: length,
      padding: graph.needsFullLength ? .maxLength : recipe.padding,
      inputs: graph.inputs.map(\.name), formats: formats)
  }

  /// The training data from a place on.
  func stream(at position: DataPosition) throws -> BatchStream {
    if let training { return try training.moved(to: position) }
    let opened = try files.open(
      files.recipe.data.train, at: position, isEvaluation: false, part: .training)
    training = opened
    return opened
  }

  /// The evaluation data from its beginning; nil where there is none.
  func evaluation() throws -> BatchStream? {
    if let evaluating { return evaluating }
    let data = files.recipe.data
    evaluating = try (data.eval ?? (data.split == nil ? nil : data.train)).map {
      try files.open($0, isEvaluation: true, part: .evaluation)
    }
    return evaluating
  }

  /// The test data; nil where there is none.
  func test() throws -> BatchStream? {
    if let testing { return testing }
    testing = try files.recipe.data.test.map { try files.open($0, isEvaluation: true, part: nil) }
    return testing
  }

  /// Steps of a whole run on these data.
  func steps(of recipe: TrainingRecipe) throws -> Int {
    let steps: Int
    switch recipe.length {
    case .steps(let count): steps = count
    case .epochs(let epochs):
      let batches = try batches(inEpochs: epochs)
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

  private func batches(inEpochs epochs: Double) throws -> Int {
    if let known = batches[epochs] { return known }
    let count = try stream(at: .start).batches(inEpochs: epochs)
    batches[epochs] = count
    return count
  }

  /// The largest shapes of so many training batches, from the first on.
  func largestShapes(inBatches count: Int) throws -> [String: [Int]] {
    if let known = knownShapes[count] { return known }
    let shapes = try stream(at: .start).largestShapes(inBatches: count)
    knownShapes[count] = shapes
    return shapes
  }

  /// Makes sure that there is something to learn.
  /// - Parameter isResumed: Whether the run has used its rows already.
  func checkLabels(isResumed: Bool) throws {
    if !isResumed, !hasLabels.training {
      try stream(at: .start).checkLabels()
      hasLabels.training = true
    }
    if !hasLabels.evaluation {
      try evaluation()?.checkLabels()
      hasLabels.evaluation = true
    }
  }
}
