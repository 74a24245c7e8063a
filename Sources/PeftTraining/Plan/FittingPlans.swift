public import CPUCore
public import ModelGraph
import PeftAdapters
import PeftBasics
public import TunerKit

/// Trainings of one model that memory and time are enough for: the plan turned round.
///
/// For every tuner and every length of rows, the precision and the batch size are found with which a step fits into
/// memory and the whole is done first. Activations are checkpointed where nothing fits without.
///
///     let plans = try FittingPlans(
///       [LoraConfig(r: 8)], on: graph, choices: .init(sequences: [512]), rates: .measured(),
///       limits: .init(memoryBytes: 16_000_000_000, amount: .tokens(2_000_000), seconds: 8 * 3600))
public struct FittingPlans: Sendable {
  /// How much is to be trained on.
  public enum Amount: Hashable, Sendable {
    case tokens(Int)
    case examples(Int)
  }

  /// What there is.
  public struct Limits: Hashable, Sendable {
    public var memoryBytes: Int
    /// Nil where it is asked how much can be done.
    public var amount: Amount?
    public var seconds: Double?

    public init(memoryBytes: Int, amount: Amount? = nil, seconds: Double? = nil) {
      self.memoryBytes = memoryBytes
      self.amount = amount
      self.seconds = seconds
    }
  }

  /// What may be chosen from.
  public struct Choices: Sendable {
    /// Lengths of rows, in tokens.
    public var sequences: [Int]
    public var precisions: [Precision]
    /// The only batch size; nil for any.
    public var batch: Int?
    public var optimizer: OptimizerRecipe
    public var threads: Int?

    public init(
      sequences: [Int], precisions: [Precision] = Precision.allCases, batch: Int? = nil,
      optimizer: OptimizerRecipe = OptimizerRecipe(), threads: Int? = nil
    ) {
      (self.sequences, self.precisions, self.batch) = (sequences, precisions, batch)
      (self.optimizer, self.threads) = (optimizer, threads)
    }
  }

  /// The model's name.
  public let model: String
  public let limits: Limits
  /// The best that was found for every length and tuner; the least memory where nothing fits.
  public let plans: [FittingPlan]
  /// What the user should know, each once.
  public let warnings: [String]
  /// Whether the model reads tokens.
  let readsTokens: Bool

  /// - Parameters:
  ///   - graph: Its parameters in the types that they are stored in.
  ///   - rates: What this machine reaches in training; not asked for where something is wrong.
  /// - Throws: `ComparisonError` where a tuner cannot be planned on the model; `TrainingSetupError` where rows are
  ///   longer than it has positions; `FittingError` for tokens of a model that reads none.
  public init(
    _ configurations: [any TunerConfiguration], on graph: Graph, choices: Choices,
    rates: @autoclosure () throws -> MachineRates, limits: Limits, isStrict: Bool = false
  ) throws {
    let adapters = try configurations.map { try graph.adapter($0, isStrict: isStrict) }
    try self.init(adapters, on: graph, choices, rates(), limits)
  }

  /// Plans the tuners of a registry at their survey settings, on a model's default target modules.
  public init(
    surveying registry: TunerRegistry, on graph: Graph, choices: Choices,
    rates: @autoclosure () throws -> MachineRates, limits: Limits, isStrict: Bool = false
  ) throws {
    var adapters: [Adapter] = []
    let notes = try TunerSurvey(registry, of: graph, isWhole: true).visit {
      adapters.append(try graph.adapter($0, isStrict: isStrict))
    }
    try self.init(adapters, on: graph, choices, rates(), limits, notes: notes)
  }

  private init(
    _ adapters: [Adapter], on graph: Graph, _ choices: Choices,
    _ rates: @autoclosure () throws -> MachineRates,
    _ limits: Limits, notes: [String] = []
  ) throws {
    readsTokens = graph.readsTokens
    if case .tokens = limits.amount, !readsTokens { throw FittingError.noTokens(graph.name) }
    for sequence in choices.sequences { try graph.checkPositions(for: sequence) }
    let search = FittingSearch(
      graph: graph, choices: choices, rates: try rates(), memoryBytes: limits.memoryBytes)
    plans = try (readsTokens ? choices.sequences : [1]).flatMap { sequence in
      try adapters.map { try search.best($0, sequence: sequence) }
    }
    (model, self.limits) = (graph.name, limits)
    let warnings = plans.flatMap { plan in
      plan.precision.warnings
        + plan.training.warnings.map { "\(graph.name), \(plan.training.budget.tuner): \($0)" }
    }
    self.warnings = (warnings + notes).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// Lengths of rows that are tried where none is asked for: each four times the one before, as far as the model
  /// has positions.
  public static func usualSequences(of graph: Graph) -> [Int] {
    let limit = graph.positionLimit ?? .max
    let usual = [128, 512, 2048].filter { $0 <= limit }
    return usual.isEmpty ? [max(1, limit)] : usual
  }

  /// What speaks against a plan.
  public func verdict(on plan: FittingPlan) -> Verdict {
    if plan.training.peakBytes > limits.memoryBytes { return .tooLittleMemory }
    if let seconds = limits.seconds, let needed = plan.seconds(for: limits.amount), needed > seconds
    {
      return .tooLittleTime
    }
    return .fits
  }

  public enum Verdict: String, Hashable, Sendable {
    case fits
    case tooLittleMemory = "too little memory"
    case tooLittleTime = "too little time"
  }
}

/// How a tuner is trained best on rows of some length.
public struct FittingPlan: Sendable {
  public let training: TrainingPlan
  public let precision: Precision
  public let checkpointsActivations: Bool
  /// As expected.
  public let secondsPerStep: Double

  public var examplesPerSecond: Double { Double(training.batch.rows) / secondsPerStep }
  public var tokensPerSecond: Double { Double(training.batch.sequence) * examplesPerSecond }

  /// Optimizer steps that take so much; nil where no amount is given.
  public func steps(for amount: FittingPlans.Amount?) -> Int? {
    switch amount {
    case .tokens(let count):
      count.dividedRoundingUp(by: training.batch.rows * training.batch.sequence)
    case .examples(let count): count.dividedRoundingUp(by: training.batch.rows)
    case nil: nil
    }
  }

  /// How long that takes, without reading the model and evaluations.
  public func seconds(for amount: FittingPlans.Amount?) -> Double? {
    steps(for: amount).map { Double($0) * secondsPerStep }
  }
}

extension Graph {
  fileprivate func adapter(
    _ configuration: any TunerConfiguration, isStrict: Bool
  ) throws -> Adapter {
    do { return try Adapter(configuration, for: self, isStrict: isStrict) } catch {
      throw ComparisonError(label: "\(name), \(configuration.methodName)", cause: error)
    }
  }
}

/// Tries precisions and batch sizes.
private struct FittingSearch {
  let graph: Graph
  let choices: FittingPlans.Choices
  let rates: MachineRates
  let memoryBytes: Int

  private static let largestBatch = 256
  /// Batches up to this are as large as fits: their gradients are less noisy.
  private static let usualBatch = 8
  /// A larger batch is worth its memory, and fewer steps, if an example takes so much less of the time.
  private static let worthwhile = 0.9

  /// The fastest that fits, or the smallest of all.
  func best(_ adapter: Adapter, sequence: Int) throws -> FittingPlan {
    var smallest: [FittingPlan] = []
    for checkpoints in [false, true] {
      var best: FittingPlan?
      for precision in choices.precisions {
        let plan = { rows in
          try self.plan(adapter, rows, sequence, precision, checkpoints: checkpoints)
        }
        let first = try plan(choices.batch ?? 1)
        smallest.append(first)
        guard let found = try worthwhile(from: first, plan) else { continue }
        if found.examplesPerSecond > best?.examplesPerSecond ?? 0 { best = found }
      }
      if let best { return best }
    }
    guard let least = smallest.min(by: { $0.training.peakBytes < $1.training.peakBytes }) else {
      throw FittingError.nothingTried
    }
    return least
  }

  /// The largest batch that is worth its memory, where the first fits.
  private func worthwhile(
    from first: FittingPlan, _ plan: (_ rows: Int) throws -> FittingPlan
  ) throws -> FittingPlan? {
    guard first.training.peakBytes <= memoryBytes else { return nil }
    var best = first
    var rows = first.training.batch.rows
    while choices.batch == nil, rows < Self.largestBatch {
      rows *= 2
      let next = try plan(rows)
      guard next.training.peakBytes <= memoryBytes else { break }
      let isFaster = best.examplesPerSecond < Self.worthwhile * next.examplesPerSecond
      if rows <= Self.usualBatch || isFaster { best = next }
    }
    return best
  }

  private func plan(
    _ adapter: Adapter, _ rows: Int, _ sequence: Int, _ precision: Precision, checkpoints: Bool
  ) throws -> FittingPlan {
    let training = try TrainingPlan(
      adapter, on: graph, batch: TrainingPlan.Batch(rows: rows, sequence: sequence),
      purpose: .training(choices.optimizer, checkpointsActivations: checkpoints),
      precision: precision, threads: choices.threads)
    return FittingPlan(
      training: training, precision: precision, checkpointsActivations: checkpoints,
      secondsPerStep: training.seconds(at: rates))
  }
}

/// What is wrong with a question for what fits.
public enum FittingError: Diagnosis, Hashable {
  /// The model reads no tokens that could be counted.
  case noTokens(String)
  /// There is no tuner, or no precision.
  case nothingTried

  public var words: (problem: String, fix: String?) {
    switch self {
    case .noTokens(let model):
      ("\(model) reads no tokens", "say how many examples it is trained on: --examples 10k")
    case .nothingTried: ("nothing is to be planned", "name a tuner and a precision")
    }
  }
}
