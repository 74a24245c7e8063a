import ModelDescription
public import OrderedCollections
import PeftAdapters
public import PeftBasics
public import TunerKit

/// A recipe's optimizer: the method, its learning rate and weight decay, and what is different for some
/// parameters.
public struct OptimizerRecipe: Sendable {
  public var method: any OptimizerMethod
  public var learningRate: Double
  public var weightDecay: Double
  /// Whether weight decay applies to biases and the weights of norms, too, as in PyTorch.
  public var decaysBiasesAndNorms = true
  /// LoRA+: how many times larger the learning rate of output factors is, such as LoRA's `B`.
  /// - SeeAlso: Hayou et al., "LoRA+: Efficient Low Rank Adaptation of Large Models", 2024,
  ///   arXiv:2402.12354.
  public var loraPlusRatio: Double?
  /// Factors on the learning rate, by a part of a parameter's name. All that fit are multiplied.
  public var learningRateFactors: OrderedDictionary<String, Double> = [:]

  /// - Parameters:
  ///   - learningRate: The method's default where nil.
  ///   - weightDecay: The method's default where nil.
  public init(
    _ method: any OptimizerMethod = AdamW(), learningRate: Double? = nil,
    weightDecay: Double? = nil
  ) {
    self.method = method
    self.learningRate = learningRate ?? type(of: method).defaultLearningRate
    self.weightDecay = weightDecay ?? type(of: method).defaultWeightDecay
  }

  /// What a parameter's learning rate is multiplied by.
  /// - Parameter role: What the tuner says it is to its update.
  public func learningRateFactor(
    of name: String, role: UpdateTensor.Role = .ordinary
  ) -> Double {
    var factor = role == .outputFactor ? loraPlusRatio ?? 1 : 1
    for (part, value) in learningRateFactors where name.contains(part) { factor *= value }
    return factor
  }

  /// A trained tensor as the optimizer has to see it.
  public func parameter(
    _ name: String, shape: [Int], isBiasOrNorm: Bool, role: UpdateTensor.Role = .ordinary
  ) -> OptimizedParameter {
    OptimizedParameter(
      name: name, shape: shape, learningRateFactor: learningRateFactor(of: name, role: role),
      weightDecay: decaysBiasesAndNorms || !isBiasOrNorm ? weightDecay : 0)
  }
}

extension OptimizerRecipe: Hashable {
  // Two recipes are equal if their fields are.
  public static func == (a: Self, b: Self) -> Bool { a.written == b.written }
  public func hash(into hasher: inout Hasher) { hasher.combine(written) }
}

extension OptimizerRecipe {
  /// Reads a method with its settings, as a flag has it: `sgd:momentum=0.9`.
  /// - Parameters:
  ///   - flag: What messages call the place.
  ///   - methods: What can be named.
  public init(
    named text: String, flag: String, methods: TrainingMethods = .standard
  ) throws(DescriptionErrors) {
    var draft = RecipeDraft(TrainingCatalog(tuners: TunerRegistry(), methods: methods))
    draft.readMethod(.value(.text(text), .flag(flag)), as: OptimizerRecipe.self)
    guard draft.errors.isEmpty else { throw DescriptionErrors(draft.errors) }
    self = draft.recipe.optimizer
  }

  /// The method's name in recipes.
  public var name: String { type(of: method).name }
}

extension OptimizerRecipe: MethodPart {
  static let writing = MethodWriting(
    part: "optimizer", map: "{adamw: {learning_rate: 1e-3}}",
    inline: "adamw:learning_rate=1e-3,weight_decay=0.01")
  static var field: WritableKeyPath<TrainingRecipe, OptimizerRecipe> { \.optimizer }

  static func names(in methods: TrainingMethods) -> [String] { methods.optimizers.map { $0.name } }

  init?(named name: String, in methods: TrainingMethods) {
    guard let method = methods.optimizer(named: name) else { return nil }
    self.init(method.init())
  }

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
      "LoRA+: factor on the learning rate of LoRA's B (a tuner's output factors).",
      rule: .ifGiven(.finite(from: 0))),
    ConfigurationField(
      "learning_rate_factors", \.learningRateFactors,
      "Factors on the learning rate, by a part of a parameter's name.",
      rule: .each(.finite(from: 0))),
  ]
}
