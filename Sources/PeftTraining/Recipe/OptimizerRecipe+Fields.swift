import CPUCore
import ModelDescription
import PeftAdapters
public import PeftBasics
import TunerKit

extension OptimizerRecipe {
  /// Reads a method with its settings, as a flag has it: `sgd:momentum=0.9`.
  /// - Parameters:
  ///   - flag: What messages call the place.
  ///   - methods: What can be named.
  public init(
    named text: String, flag: String, methods: TrainingMethods = .standard
  ) throws(DescriptionErrors) {
    var reading = RecipeReading(registry: TunerRegistry(), methods: methods)
    reading.readOptimizer(.text(text), at: .flag(flag))
    guard reading.errors.isEmpty else { throw DescriptionErrors(reading.errors) }
    self = reading.recipe.optimizer
  }

  /// The method's name in recipes.
  public var name: String { type(of: method).name }

  /// As a recipe has it: the name with all fields.
  var written: ConfigurationValue { .map([name: section.values(of: self)]) }

  /// The fields of the method in a recipe.
  var section: RecipeSection<OptimizerRecipe> { Self.section(of: method) }

  private static func section<Method: OptimizerMethod>(
    of method: Method
  ) -> RecipeSection<OptimizerRecipe> {
    let own = Method.fields.map { field in
      field.lifted(
        from: { (recipe: OptimizerRecipe) in recipe.method as? Method ?? Method() },
        into: { $0.method = $1 })
    }
    return RecipeSection(Method.name, commonFields + own)
  }

  private static let commonFields: [ConfigurationField<OptimizerRecipe>] = [
    ConfigurationField("learning_rate", \.learningRate, "Learning rate.", rule: .finite(from: 0)),
    ConfigurationField("weight_decay", \.weightDecay, "Weight decay.", rule: .finite(from: 0)),
    ConfigurationField(
      "decay_biases_and_norms", \.decaysBiasesAndNorms,
      "Whether weight decay applies to biases and the weights of norms, too."),
    ConfigurationField(
      "loraplus_lr_ratio", \.loraPlusRatio,
      "LoRA+: factor of the learning rate of output factors (LoRA's B).",
      rule: .ifGiven(.finite(from: 0))),
    ConfigurationField(
      "learning_rate_factors", \.learningRateFactors,
      "Factors of the learning rate, by a part of a parameter's name.",
      rule: .each(.finite(from: 0))),
  ]
}
