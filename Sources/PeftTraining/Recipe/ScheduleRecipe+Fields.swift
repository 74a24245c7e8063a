import CPUCore
import TunerKit

extension ScheduleRecipe {
  /// The shapes by their names in recipes, each at its defaults.
  static let shapes: [(name: String, shape: LearningRateSchedule.Shape)] = [
    ("constant", .constant), ("linear", .linear), ("cosine", .cosine()),
    ("polynomial", .polynomial()),
  ]

  var shapeName: String {
    switch shape {
    case .constant: "constant"
    case .linear: "linear"
    case .cosine: "cosine"
    case .polynomial: "polynomial"
    }
  }

  /// The fields of that shape in a recipe.
  var section: RecipeSection<ScheduleRecipe> {
    let own: [ConfigurationField<ScheduleRecipe>] =
      switch shape {
      case .constant, .linear: []
      case .cosine: [Self.cyclesField]
      case .polynomial: Self.polynomialFields
      }
    return RecipeSection(shapeName, Self.warmupFields + own)
  }

  private static let warmupFields: [ConfigurationField<ScheduleRecipe>] = [
    ConfigurationField(
      "warmup_steps", \.warmupSteps, "Steps in which the learning rate rises from zero.",
      rule: .ifGiven(.atLeast(0))),
    ConfigurationField(
      "warmup_ratio", \.warmupRatio, "The same as a share of all steps.",
      rule: .ifGiven(FieldRule("from 0 to 1") { 0...1 ~= $0 })),
  ]

  private static let cyclesField = ConfigurationField<ScheduleRecipe>(
    "cycles", \.cycles, "Waves of the cosine; half of one goes down once.", rule: .finite(from: 0))

  private static let polynomialFields: [ConfigurationField<ScheduleRecipe>] = [
    ConfigurationField(
      "power", \.power, "The power of what is left of the run.", rule: .finite(from: 0)),
    ConfigurationField(
      "end_learning_rate", \.endLearningRate, "The learning rate at the end.",
      rule: .finite(from: 0)),
  ]
}

// The numbers of a shape and of the warm-up, as if they were all there.
extension ScheduleRecipe {
  private var warmupSteps: Int? {
    get { if case .steps(let steps) = warmup { steps } else { nil } }
    set { if let newValue { warmup = .steps(newValue) } }
  }

  private var warmupRatio: Double? {
    get { if case .ratio(let ratio) = warmup { ratio } else { nil } }
    set { if let newValue { warmup = .ratio(newValue) } }
  }

  private var cycles: Double {
    get { if case .cosine(let cycles) = shape { cycles } else { 0.5 } }
    set { shape = .cosine(cycles: newValue) }
  }

  private var polynomial: (power: Double, end: Double) {
    get { if case .polynomial(let power, let end) = shape { (power, end) } else { (1, 0) } }
    set { shape = .polynomial(power: newValue.power, endLearningRate: newValue.end) }
  }

  private var power: Double {
    get { polynomial.power }
    set { polynomial.power = newValue }
  }

  private var endLearningRate: Double {
    get { polynomial.end }
    set { polynomial.end = newValue }
  }
}
