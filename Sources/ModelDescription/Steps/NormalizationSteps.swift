import ModelGraph

/// Mean 0 and variance 1, then a learned scale and shift.
enum LayerNormStep: Step {
  static let name = "layer_norm"
  static let summary = "Mean 0 and variance 1 over the last axis, then a learned scale and shift."
  static let needsName = true

  static let epsilon = Attribute<Double>(
    "epsilon", .number, default: 1e-5, "Epsilon, added to the variance.")
  static let affine = Attribute<Bool>(
    "affine", .flag, default: true, "Whether there are a scale and a shift.")
  static let bias = Attribute<Bool>(
    "bias", .flag, default: true, "Whether there is a shift where there is a scale.")
  static let attributes: [any AttributeDeclaration] = [epsilon, affine, bias]

  static func build(_ call: StepCall) throws -> [Value.ID] {
    let x = try call.input()
    let width = try call.width(of: x)
    try call.declareModule("LayerNorm")
    guard try call.value(affine) else {
      return try call.apply(LayerNorm(epsilon: try call.value(epsilon)), to: [x])
    }
    let weight = try call.parameter("weight", [width])
    guard try call.value(bias) else {
      return try call.apply(LayerNorm(epsilon: try call.value(epsilon)), to: [x, weight])
    }
    let bias = try call.parameter("bias", [width])
    return try call.apply(LayerNorm(epsilon: try call.value(epsilon)), to: [x, weight, bias])
  }
}

/// Root mean square 1, then a learned scale.
enum RMSNormStep: Step {
  static let name = "rms_norm"
  static let summary = "Root mean square 1 over the last axis, then a learned scale."
  static let needsName = true

  static let epsilon = Attribute<Double>(
    "epsilon", .number, default: 1e-6, "Epsilon, added to the mean square.")
  static let size = Attribute<Int>(
    "size", .whole(minimum: 1), "Normalizes runs of that many entries, such as a head's.")
  static let offset = Attribute<Double>(
    "offset", .number, default: 0, "Added to the learned scale: 1 in Gemma.")
  static let attributes: [any AttributeDeclaration] = [epsilon, size, offset]

  static func build(_ call: StepCall) throws -> [Value.ID] {
    let x = try call.input()
    let size = try call.optional(size) ?? call.width(of: x)
    try call.declareModule("RMSNorm")
    let weight = try call.parameter("weight", [size])
    let norm = RMSNorm(
      epsilon: try call.value(epsilon), weightOffset: try call.value(offset))
    return try call.apply(norm, to: [x, weight])
  }
}

/// Euclidean norm 1 along the last axis.
enum UnitLengthStep: Step {
  static let name = "unit_length"
  static let summary = "Divides by the Euclidean (L2) norm along the last axis."

  static func build(_ call: StepCall) throws -> [Value.ID] {
    try call.apply(UnitLength(), to: [call.input()])
  }
}

/// Softmax.
enum SoftmaxStep: Step {
  static let name = "softmax"
  static let summary = "The softmax along the last axis."

  static func build(_ call: StepCall) throws -> [Value.ID] {
    try call.declareModule("Softmax")
    return try call.apply(Softmax(), to: [call.input()])
  }
}
