import ModelGraph

/// A step that applies one function to every entry.
protocol FunctionStep: Step {
  static var function: Activation.Function { get }
  static var moduleKind: Module.Kind { get }
}

extension FunctionStep {
  static func build(_ call: StepCall) throws -> [Value.ID] {
    try call.declareModule(moduleKind)
    return try call.apply(Activation(function), to: [call.input()])
  }
}

enum ReLUStep: FunctionStep {
  static let name = "relu"
  static let summary = "max(x, 0)."
  static let function = Activation.Function.relu
  static let moduleKind: Module.Kind = "ReLU"
}

enum SiLUStep: FunctionStep {
  static let name = "silu"
  static let summary = "x · sigmoid(x)."
  static let function = Activation.Function.silu
  static let moduleKind: Module.Kind = "SiLU"
}

enum TanhStep: FunctionStep {
  static let name = "tanh"
  static let summary = "The hyperbolic tangent."
  static let function = Activation.Function.tanh
  static let moduleKind: Module.Kind = "Tanh"
}

enum SigmoidStep: FunctionStep {
  static let name = "sigmoid"
  static let summary = "1 / (1 + exp(−x))."
  static let function = Activation.Function.sigmoid
  static let moduleKind: Module.Kind = "Sigmoid"
}

enum ExpStep: FunctionStep {
  static let name = "exp"
  static let summary = "The exponential."
  static let function = Activation.Function.exp
  static let moduleKind: Module.Kind = "Exp"
}

/// Gaussian error linear unit.
enum GELUStep: Step {
  static let name = "gelu"
  static let summary = "Gaussian error linear unit."

  static let approximate = Attribute<String>(
    "approximate", .word(["none", "tanh", "sigmoid"]), default: "none",
    "Exact, or by tanh (GPT-2), or x · sigmoid(1.702 x) (CLIP).")
  static let attributes: [any AttributeDeclaration] = [approximate]

  static func build(_ call: StepCall) throws -> [Value.ID] {
    let function: Activation.Function =
      switch try call.value(approximate) {
      case "tanh": .geluTanh
      case "sigmoid": .quickGelu
      default: .gelu
      }
    try call.declareModule("GELU")
    return try call.apply(Activation(function), to: [call.input()])
  }
}

/// Any of the functions, by a name that a dimension can hold.
enum ActivationStep: Step {
  static let name = "activation"
  static let summary = "A function of every entry, chosen by name."

  static let function = Attribute<String>.required(
    "function", .word(Activation.Function.allCases.map(\.rawValue)), "Which function.")
  static let attributes: [any AttributeDeclaration] = [function]

  static func build(_ call: StepCall) throws -> [Value.ID] {
    guard let function = Activation.Function(rawValue: try call.value(function)) else {
      throw AlreadyReported()
    }
    try call.declareModule("Activation")
    return try call.apply(Activation(function), to: [call.input()])
  }
}
