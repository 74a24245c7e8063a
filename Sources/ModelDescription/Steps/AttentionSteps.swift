import ModelGraph
import PeftBasics

/// Attention of several heads.
enum AttentionStep: Step {
  static let name = "attention"
  static let summary = "Scaled dot-product attention; reads query, key and value."

  static let heads = Attribute<Int>.required("heads", .whole(minimum: 1), "Heads of the query.")
  static let keyValueHeads = Attribute<Int>(
    "key_value_heads", .whole(minimum: 1),
    "Heads of key and value; as many as the query's if left out.")
  static let causal = Attribute<Bool>(
    "causal", .flag, default: false,
    "Causal mask: a position attends only to itself and earlier ones.")
  static let window = Attribute<Int>(
    "window", .whole(minimum: 0), default: 0,
    "Sliding window: positions attended to, its own included, as many after it without causal; 0 for all."
  )
  static let softCap = Attribute<Double>(
    "soft_cap", .number, default: 0,
    "Soft-capping: scores become cap · tanh(score / cap); 0 for none.")
  static let alibi = Attribute<Bool>(
    "alibi", .flag, default: false,
    "ALiBi: a bias that grows with a key's position, by a slope of each head's own.")
  static let scale = Attribute<Double>(
    "scale", .number, "The factor on the scores; 1 / √(size of a head) if left out.")
  static let dropout = Attribute<Double>(
    "dropout", .number, default: 0, "Dropout rate on the attention weights, in training.")
  static let mask = Attribute<[String]>(
    "mask", .names, "An attention mask: 1 for keys to attend to, 0 for padding.")
  static let bias = Attribute<[String]>("bias", .names, "A bias added to the scores.")
  static let attributes: [any AttributeDeclaration] = [
    heads, keyValueHeads, causal, window, scale, softCap, alibi, dropout, mask, bias,
  ]

  static func build(_ call: StepCall) throws -> [Value.ID] {
    var operands = try call.inputs(3)
    let heads = try call.value(heads)
    let mask = try call.namedValue(mask)
    let bias = try call.namedValue(bias)
    let size = max(1, try call.width(of: operands[0]) / heads)
    let cap = try call.value(softCap)
    let attention = Attention(
      heads: heads, keyValueHeads: try call.optional(keyValueHeads) ?? heads,
      scale: try call.optional(scale) ?? 1 / Double(size).squareRoot(),
      isCausal: try call.value(causal), window: try call.value(window).nonZero,
      softCap: cap == 0 ? nil : cap, isALiBi: try call.value(alibi),
      dropout: try call.rate(dropout), hasMask: mask != nil, hasBias: bias != nil)
    operands += [mask, bias].compactMap { $0 }
    return try call.apply(attention, to: operands)
  }
}

/// T5's learned biases for distances.
enum RelativePositionBiasStep: Step {
  static let name = "relative_position_bias"
  static let summary = "A learned bias for each head and distance; reads queries and keys."
  static let needsName = true

  static let heads = Attribute<Int>.required("heads", .whole(minimum: 1), "Heads.")
  static let buckets = Attribute<Int>.required(
    "buckets", .whole(minimum: 1), "Number of distance buckets.")
  static let distance = Attribute<Int>.required(
    "distance", .whole(minimum: 1), "The distance from which on all are in the last bucket.")
  static let bidirectional = Attribute<Bool>(
    "bidirectional", .flag, default: true,
    "Whether keys before and after a query have buckets of their own.")
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
