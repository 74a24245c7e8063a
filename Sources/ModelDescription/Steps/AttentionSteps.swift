import ModelGraph

/// Attention of several heads.
enum AttentionStep: Step {
  static let name = "attention"
  static let summary = "Scaled dot-product attention; reads query, key and value."

  static let heads = Attribute<Int>.required("heads", .whole(minimum: 1), "Heads of the query.")
  static let keyValueHeads = Attribute<Int>(
    "key_value_heads", .whole(minimum: 1),
    "Heads of key and value; as many as the query's if left out.")
  static let causal = Attribute<Bool>(
    "causal", .flag, default: false, "Whether a position sees only what comes before it.")
  static let window = Attribute<Int>(
    "window", .whole(minimum: 0), default: 0,
    "How many positions a position sees, itself included; 0 for all.")
  static let scale = Attribute<Double>(
    "scale", .number, "The factor on the scores; 1 / √(size of a head) if left out.")
  static let dropout = Attribute<Double>(
    "dropout", .number, default: 0, "The rate of dropout on the weights, in training.")
  static let mask = Attribute<[String]>(
    "mask", .names, "A mask with ones where a key counts.")
  static let bias = Attribute<[String]>("bias", .names, "A bias added to the scores.")
  static let attributes: [any AttributeDeclaration] = [
    heads, keyValueHeads, causal, window, scale, dropout, mask, bias,
  ]

  static func build(_ call: StepCall) throws -> [Value.ID] {
    var operands = try call.inputs(3)
    let heads = try call.value(heads)
    let mask = try call.namedValue(mask)
    let bias = try call.namedValue(bias)
    let size = max(1, try call.width(of: operands[0]) / heads)
    let attention = Attention(
      heads: heads, keyValueHeads: try call.optional(keyValueHeads) ?? heads,
      scale: try call.optional(scale) ?? 1 / Double(size).squareRoot(),
      isCausal: try call.value(causal), window: try call.value(window).nonZero,
      dropout: try call.rate(dropout), hasMask: mask != nil, hasBias: bias != nil)
    operands += [mask, bias].compactMap { $0 }
    return try call.apply(attention, to: operands)
  }
}

/// Rotary position embedding.
enum RotaryStep: Step {
  static let name = "rotary"
  static let summary = "Turns pairs of a head's entries by an angle that grows with the position."

  static let headSize = Attribute<Int>.required(
    "head_size", .whole(minimum: 1), "Entries of a head.")
  static let rotarySize = Attribute<Int>(
    "rotary_size", .whole(minimum: 2), "How many of them are turned; all if left out.")
  static let theta = Attribute<Double>(
    "theta", .number, default: 10000, "The base of the series of wavelengths.")
  static let scaling = Attribute<String>(
    "scaling", .word(["none", "linear", "llama3"]), default: "none",
    "How wavelengths are stretched for long texts.")
  static let factor = Attribute<Double>("factor", .number, default: 1, "By how much.")
  static let lowFrequency = Attribute<Double>(
    "low_frequency", .number, default: 1, "llama3: where stretching is full.")
  static let highFrequency = Attribute<Double>(
    "high_frequency", .number, default: 4, "llama3: where stretching ends.")
  static let originalLength = Attribute<Int>(
    "original_length", .whole(minimum: 1), default: 8192,
    "llama3: positions of the first training.")
  static let attributes: [any AttributeDeclaration] = [
    headSize, rotarySize, theta, scaling, factor, lowFrequency, highFrequency, originalLength,
  ]

  static func build(_ call: StepCall) throws -> [Value.ID] {
    let headSize = try call.value(headSize)
    let stretched: Rotary.Scaling =
      switch try call.value(scaling) {
      case "linear": .linear(factor: try call.value(factor))
      case "llama3":
        .llama3(
          factor: try call.value(factor), lowFrequency: try call.value(lowFrequency),
          highFrequency: try call.value(highFrequency),
          originalLength: try call.value(originalLength))
      default: .none
      }
    let rotary = Rotary(
      headSize: headSize, rotarySize: try call.optional(rotarySize) ?? headSize,
      theta: try call.value(theta), scaling: stretched)
    return try call.inputs().flatMap { try call.apply(rotary, to: [$0]) }
  }
}

/// T5's learned biases for distances.
enum RelativePositionBiasStep: Step {
  static let name = "relative_position_bias"
  static let summary = "A learned bias for each head and distance; reads queries and keys."
  static let needsName = true

  static let heads = Attribute<Int>.required("heads", .whole(minimum: 1), "Heads.")
  static let buckets = Attribute<Int>.required(
    "buckets", .whole(minimum: 1), "How many kinds of distance there are.")
  static let distance = Attribute<Int>.required(
    "distance", .whole(minimum: 1), "From where on all distances are alike.")
  static let bidirectional = Attribute<Bool>(
    "bidirectional", .flag, default: true, "Whether the sign of a distance counts.")
  static let attributes: [any AttributeDeclaration] = [heads, buckets, distance, bidirectional]

  static func build(_ call: StepCall) throws -> [Value.ID] {
    let operands = try call.inputs(2)
    try call.declareModule(.embedding)
    let table = try call.parameter("weight", [try call.value(buckets), try call.value(heads)])
    let bias = RelativePositionBias(
      maximumDistance: try call.value(distance), isBidirectional: try call.value(bidirectional))
    return try call.apply(bias, to: [table] + operands)
  }
}

extension Int {
  fileprivate var nonZero: Int? { self == 0 ? nil : self }
}
