import CPUCore
import ModelDescription
import PeftAdapters
public import PeftBasics
import TunerKit

extension OptimizerRecipe {
  /// Reads a method with its settings, as a flag has it: `sgd:momentum=0.9`.
  /// - Parameter flag: What messages call the place.
  public init(named text: String, flag: String) throws(DescriptionErrors) {
    var reading = RecipeReading(registry: TunerRegistry())
    reading.readOptimizer(.text(text), at: .flag(flag))
    guard reading.errors.isEmpty else { throw DescriptionErrors(reading.errors) }
    self = reading.recipe.optimizer
  }

  /// The methods by their names in recipes, each at its defaults.
  static let methods: [(name: String, method: OptimizerSettings.Method)] = [
    ("adamw", .adamW()), ("adam", .adam()), ("sgd", .sgd()), ("lion", .lion()),
  ]

  var methodName: String {
    switch method {
    case .adamW: "adamw"
    case .adam: "adam"
    case .sgd: "sgd"
    case .lion: "lion"
    }
  }

  /// The fields of that method in a recipe.
  var section: RecipeSection<OptimizerRecipe> {
    let own: [ConfigurationField<OptimizerRecipe>] =
      switch method {
      case .adamW, .adam: [Self.betasField, Self.epsilonField]
      case .lion: [Self.betasField]
      case .sgd: Self.momentumFields
      }
    return RecipeSection(methodName, Self.commonFields + own)
  }

  private static let commonFields: [ConfigurationField<OptimizerRecipe>] = [
    ConfigurationField(
      "learning_rate", \.learningRate, "How far a step goes.", rule: .finite(from: 0)),
    ConfigurationField(
      "weight_decay", \.weightDecay, "How fast weights shrink.", rule: .finite(from: 0)),
    ConfigurationField(
      "decay_biases_and_norms", \.decaysBiasesAndNorms,
      "Whether biases and the weights of norms shrink, too."),
    ConfigurationField(
      "loraplus_lr_ratio", \.loraPlusRatio,
      "LoRA+: how many times larger the learning rate of lora_B is.",
      rule: .ifGiven(.finite(from: 0))),
    ConfigurationField(
      "learning_rate_factors", \.learningRateFactors,
      "Factors of the learning rate, by a part of a parameter's name.",
      rule: .each(.finite(from: 0))),
  ]

  private static let betasField = ConfigurationField<OptimizerRecipe>(
    "betas", \.betas, "How slowly the moments of the gradient change.",
    rule: FieldRule("two numbers from 0 up to but not including 1") { betas in
      betas.count == 2 && betas.allSatisfy { 0..<1 ~= $0 }
    })

  private static let epsilonField = ConfigurationField<OptimizerRecipe>(
    "eps", \.epsilon, "What keeps a quotient finite.", rule: .finite(from: 0))

  private static let momentumFields: [ConfigurationField<OptimizerRecipe>] = [
    ConfigurationField(
      "momentum", \.momentum, "How much of the last step goes on.", rule: .finite(from: 0)),
    ConfigurationField(
      "dampening", \.dampening, "How much less of the gradient is added to it.",
      rule: .finite(from: 0)),
    ConfigurationField("nesterov", \.isNesterov, "Whether momentum looks ahead."),
  ]
}

// The numbers of a method, as if every method had them all.
extension OptimizerRecipe {
  private var betas: [Double] {
    get {
      switch method {
      case .adamW(let first, let second, _), .adam(let first, let second, _),
        .lion(let first, let second):
        [first, second]
      case .sgd: []
      }
    }
    set {
      guard newValue.count == 2 else { return }
      let (first, second) = (newValue[0], newValue[1])
      switch method {
      case .adamW(_, _, let epsilon): method = .adamW(beta1: first, beta2: second, epsilon: epsilon)
      case .adam(_, _, let epsilon): method = .adam(beta1: first, beta2: second, epsilon: epsilon)
      case .lion: method = .lion(beta1: first, beta2: second)
      case .sgd: break
      }
    }
  }

  private var epsilon: Double {
    get {
      switch method {
      case .adamW(_, _, let epsilon), .adam(_, _, let epsilon): epsilon
      case .sgd, .lion: 0
      }
    }
    set {
      switch method {
      case .adamW(let first, let second, _):
        method = .adamW(beta1: first, beta2: second, epsilon: newValue)
      case .adam(let first, let second, _):
        method = .adam(beta1: first, beta2: second, epsilon: newValue)
      case .sgd, .lion: break
      }
    }
  }

  private var gradientDescent: (momentum: Double, dampening: Double, isNesterov: Bool) {
    get {
      guard case .sgd(let momentum, let dampening, let isNesterov) = method else {
        return (0, 0, false)
      }
      return (momentum, dampening, isNesterov)
    }
    set {
      method = .sgd(
        momentum: newValue.momentum, dampening: newValue.dampening,
        isNesterov: newValue.isNesterov)
    }
  }

  private var momentum: Double {
    get { gradientDescent.momentum }
    set { gradientDescent.momentum = newValue }
  }

  private var dampening: Double {
    get { gradientDescent.dampening }
    set { gradientDescent.dampening = newValue }
  }

  private var isNesterov: Bool {
    get { gradientDescent.isNesterov }
    set { gradientDescent.isNesterov = newValue }
  }
}
