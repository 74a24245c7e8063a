import TunerKit

extension ScheduleRecipe {
  /// The schedule's name in recipes.
  public var name: String { type(of: method).name }

  /// As a recipe has it: the name with all fields.
  var written: ConfigurationValue { .map([name: section.values(of: self)]) }

  /// The fields of the schedule in a recipe.
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
