import ModelGraph

/// One kind of step in a description's `graph`: what it is called, what it takes, what it builds.
///
/// The same declaration is read by the loader, by the JSON Schema and by error messages.
protocol Step: Sendable {
  /// The key that stands before the attributes: `layer_norm`.
  static var name: String { get }
  /// One line for editors and help.
  static var summary: String { get }
  /// Whether it has parameters or modules of its own, and so must have a `name`.
  static var needsName: Bool { get }
  /// The attribute that a value in place of all attributes stands for: `- use: encoder`.
  static var shorthand: String? { get }
  /// What it takes beside `name`, `from`, `to` and `when`.
  static var attributes: [any AttributeDeclaration] { get }
  /// Adds the step's nodes to the graph and returns the values that later steps can read.
  static func build(_ call: StepCall) throws -> [Value.ID]
}

extension Step {
  static var needsName: Bool { false }
  static var shorthand: String? { nil }
  static var attributes: [any AttributeDeclaration] { [] }
}

/// The attributes that every step takes.
enum CommonAttributes {
  static let name = Attribute<String>(
    "name", .text, "Path of the module inside the enclosing scope; $name is replaced.")
  static let from = Attribute<[String]>(
    "from", .names, "The values it reads; the previous step's by default.")
  static let to = Attribute<[String]>("to", .names, "Names for its results.")
  static let when = Attribute<Bool>("when", .flag, "Takes the step, or leaves it out.")

  static let all: [any AttributeDeclaration] = [name, from, to, when]
}

/// All kinds of step.
enum StepCatalog {
  static let all: [any Step.Type] = [
    LinearStep.self,
    Conv1DStep.self,
    EmbeddingStep.self,
    PositionsStep.self,
    Conv2DStep.self,
    MaxPoolStep.self,
    AvgPoolStep.self,
    AdaptiveAvgPoolStep.self,
    ParameterStep.self,
    LayerNormStep.self,
    RMSNormStep.self,
    BatchNormStep.self,
    GroupNormStep.self,
    UnitLengthStep.self,
    SoftmaxStep.self,
    GELUStep.self,
    ActivationStep.self,
    ReLUStep.self,
    SiLUStep.self,
    TanhStep.self,
    SigmoidStep.self,
    ExpStep.self,
    AddStep.self,
    MultiplyStep.self,
    ScaleStep.self,
    TanhGELUGateStep.self,
    DropoutStep.self,
    SplitStep.self,
    ConcatenateStep.self,
    ReshapeStep.self,
    FlattenStep.self,
    MeanStep.self,
    SumStep.self,
    MaxStep.self,
    MatMulStep.self,
    AttentionStep.self,
    RotaryStep.self,
    RelativePositionBiasStep.self,
    PatchesStep.self,
    TakeTokenStep.self,
    LSTMStep.self,
    GRUStep.self,
    RNNStep.self,
    RepeatStep.self,
    BlockStep.self,
    UseStep.self,
  ]

  static let byName: [String: any Step.Type] = Dictionary(
    uniqueKeysWithValues: all.map { ($0.name, $0) })
}
