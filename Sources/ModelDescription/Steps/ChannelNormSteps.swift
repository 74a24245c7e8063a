import ModelGraph
import PeftBasics

/// Running statistics of each channel, then a learned scale and shift.
enum BatchNormStep: Step {
  static let name = "batch_norm"
  static let summary =
    "Batch norm of [batch, channels, …] by its running statistics, which stay as they are, in training, too."
  static let needsName = true

  static let epsilon = Attribute<Double>(
    "epsilon", .number, default: 1e-5, "Epsilon, added to the variance.")
  static let affine = Attribute<Bool>(
    "affine", .flag, default: true, "Whether there are a scale and a shift.")
  static let attributes: [any AttributeDeclaration] = [epsilon, affine]

  static func build(_ call: StepCall) throws -> [Value.ID] {
    let x = try call.input()
    let channels = try call.channels(of: x)
    let axes = max(1, call.builder.graph[x].type.shape.rank - 2)
    try call.declareModule(Module.Kind("BatchNorm\(axes)d"))
    var learned: [Value.ID] = []
    if try call.value(affine) {
      learned = [
        try call.parameter("weight", [channels]), try call.parameter("bias", [channels]),
      ]
    }
    let statistics = [
      try call.buffer("running_mean", [channels], initially: .zeros),
      try call.buffer("running_var", [channels], initially: .ones),
    ]
    return try call.apply(
      BatchNorm(epsilon: try call.value(epsilon)), to: [x] + statistics + learned)
  }
}

/// Mean 0 and variance 1 over groups of channels, then a learned scale and shift.
enum GroupNormStep: Step {
  static let name = "group_norm"
  static let summary = "Group norm of [batch, channels, …]: each group of channels by itself."
  static let needsName = true

  static let groups = Attribute<Int>.required(
    "groups", .whole(minimum: 1), "How many groups the channels are.")
  static let epsilon = Attribute<Double>(
    "epsilon", .number, default: 1e-5, "Epsilon, added to the variance.")
  static let affine = Attribute<Bool>(
    "affine", .flag, default: true, "Whether there are a scale and a shift.")
  static let attributes: [any AttributeDeclaration] = [groups, epsilon, affine]

  static func build(_ call: StepCall) throws -> [Value.ID] {
    let x = try call.input()
    let channels = try call.channels(of: x)
    try call.declareModule("GroupNorm")
    var operands = [x]
    if try call.value(affine) {
      operands += [
        try call.parameter("weight", [channels]), try call.parameter("bias", [channels]),
      ]
    }
    return try call.apply(
      GroupNorm(groups: try call.value(groups), epsilon: try call.value(epsilon)), to: operands)
  }
}
