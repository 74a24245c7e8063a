import TunerKit

/// A recipe's learning-rate schedule, whatever the number of steps turns out to be.
public struct ScheduleRecipe: Sendable {
  public var method: any LearningRateSchedule
  public var warmup: Warmup

  public enum Warmup: Hashable, Sendable {
    case steps(Int)
    /// A share of all steps.
    case ratio(Double)
  }

  public init(
    _ method: any LearningRateSchedule = ConstantSchedule(), warmup: Warmup = .steps(0)
  ) {
    self.method = method
    self.warmup = warmup
  }

  /// What the learning rate is multiplied by.
  /// - Parameters:
  ///   - step: Counted from 0.
  ///   - total: All steps of the run.
  ///   - learningRate: The optimizer's learning rate.
  public func factor(step: Int, of total: Int, learningRate: Double) -> Double {
    let run = run(of: total, learningRate: learningRate)
    guard step < run.warmupSteps else { return method.factor(step: step, in: run) }
    return method.warmupFactor(Double(step) / Double(max(1, run.warmupSteps)))
  }

  /// The steps of the warm-up. A share of all steps is rounded up, as in `transformers`.
  public func warmupSteps(of total: Int) -> Int {
    switch warmup {
    case .steps(let steps): steps
    case .ratio(let ratio): Int((Double(total) * ratio).rounded(.up))
    }
  }

  /// A run of so many steps.
  func run(of total: Int, learningRate: Double) -> ScheduledRun {
    ScheduledRun(steps: total, warmupSteps: warmupSteps(of: total), learningRate: learningRate)
  }

  /// Checks whether the schedule fits a run of so many steps. That the warm-up is longer than the run
  /// is for the caller to say.
  func validate(of total: Int, learningRate: Double) throws(ConfigurationError) {
    let run = run(of: total, learningRate: learningRate)
    guard run.warmupSteps <= total else { return }
    try method.validate(in: run)
  }

  /// Whether a step's rate is another one in a longer run.
  var dependsOnLength: Bool {
    if case .ratio = warmup { return true }
    return method.dependsOnLength
  }
}

extension ScheduleRecipe: Hashable {
  // Two recipes are equal if their fields are.
  public static func == (a: Self, b: Self) -> Bool { a.written == b.written }
  public func hash(into hasher: inout Hasher) { hasher.combine(written) }
}

extension ScheduleRecipe {
  /// The schedule's name in recipes.
  public var name: String { type(of: method).name }
}

extension ScheduleRecipe: MethodPart {
  static let writing = MethodWriting(
    part: "schedule", map: "{cosine: {warmup_steps: 50}}",
    inline: "cosine:warmup_steps=50")
  static var field: WritableKeyPath<TrainingRecipe, ScheduleRecipe> { \.schedule }

  static func names(in methods: TrainingMethods) -> [String] { methods.schedules.map { $0.name } }

  init?(named name: String, in methods: TrainingMethods) {
    guard let method = methods.schedule(named: name) else { return nil }
    self.init(method.init())
  }

  var section: RecipeSection<ScheduleRecipe> { Self.section(of: method) }

  private static func section<Method: LearningRateSchedule>(
    of method: Method
  ) -> RecipeSection<ScheduleRecipe> {
    let own = Method.fields.map { field in
      field.lifted(
        from: { (recipe: ScheduleRecipe) in recipe.method as? Method ?? Method() },
        into: { $0.method = $1 })
    }
    return RecipeSection(Method.name, warmupFields + own)
  }

  private static let warmupFields: [ConfigurationField<ScheduleRecipe>] = [
    ConfigurationField(
      "warmup_steps", \.warmupSteps, "Warm-up: steps in which the learning rate rises.",
      rule: .ifGiven(.atLeast(0))),
    ConfigurationField(
      "warmup_ratio", \.warmupRatio, "Warm-up as a share of all steps.",
      rule: .ifGiven(FieldRule("from 0 to 1") { 0...1 ~= $0 })),
  ]

  private var warmupSteps: Int? {
    get { if case .steps(let steps) = warmup { steps } else { nil } }
    set { if let newValue { warmup = .steps(newValue) } }
  }

  private var warmupRatio: Double? {
    get { if case .ratio(let ratio) = warmup { ratio } else { nil } }
    set { if let newValue { warmup = .ratio(newValue) } }
  }
}
