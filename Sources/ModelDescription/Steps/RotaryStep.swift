import ModelGraph
import PeftPlatform

/// Rotary position embedding.
enum RotaryStep: Step {
  static let name = "rotary"
  static let summary = "Rotary position embedding (RoPE): rotates pairs of a head's entries."

  static let headSize = Attribute<Int>.required(
    "head_size", .whole(minimum: 1), "Size of a head.")
  static let rotarySize = Attribute<Int>(
    "rotary_size", .whole(minimum: 0),
    "How many entries of a head are rotated, rounded up to even; all if left out.")
  static let theta = Attribute<Double>(
    "theta", .number, default: 10000, "The base of the frequencies (rope_theta).")
  static let scaling = Attribute<String>(
    "scaling", .text, default: "none",
    "RoPE scaling for long contexts: none, linear, dynamic, llama3, yarn or longrope.")
  static let factor = Attribute<Double>(
    "factor", .number, default: 0,
    "RoPE scaling factor; 0 to derive it from positions and original_length.")
  static let positions = Attribute<Int>(
    "positions", .whole(minimum: 1), default: 2048, "max_position_embeddings.")
  static let originalLength = Attribute<Int>(
    "original_length", .whole(minimum: 1), default: 8192,
    "llama3, yarn, longrope: original_max_position_embeddings.")
  static let lowFrequency = Attribute<Double>(
    "low_frequency", .number, default: 1,
    "llama3: low_freq_factor; lower frequencies are scaled fully.")
  static let highFrequency = Attribute<Double>(
    "high_frequency", .number, default: 4,
    "llama3: high_freq_factor; higher frequencies are not scaled.")
  static let attentionFactor = Attribute<Double>(
    "attention_factor", .number, default: 0,
    "yarn, longrope: the factor on cos and sin; 0 to derive it from factor.")
  static let betaFast = Attribute<Double>(
    "beta_fast", .number, default: 32, "yarn: rotations above which a frequency is not scaled.")
  static let betaSlow = Attribute<Double>(
    "beta_slow", .number, default: 1, "yarn: rotations below which it is scaled fully.")
  static let mscale = Attribute<Double>(
    "mscale", .number, default: 0, "yarn: weight of log(factor) in attention_factor.")
  static let mscaleAllDim = Attribute<Double>(
    "mscale_all_dim", .number, default: 0,
    "yarn: weight of log(factor) in the divisor of attention_factor.")
  static let truncate = Attribute<Bool>(
    "truncate", .flag, default: true, "yarn: whether the ramp's ends are rounded to whole pairs.")
  static let shortFactors = Attribute<String>(
    "short_factors", .text, default: "",
    "longrope: short_factor, separated by spaces.")
  static let longFactors = Attribute<String>(
    "long_factors", .text, default: "", "longrope: long_factor, separated by spaces.")
  static let interleaved = Attribute<Bool>(
    "interleaved", .flag, default: false,
    "Whether pairs are neighbours, as in GPT-J, instead of entries of a head's two halves.")
  static let attributes: [any AttributeDeclaration] = [
    headSize, rotarySize, theta, scaling, factor, positions, originalLength, lowFrequency,
    highFrequency, attentionFactor, betaFast, betaSlow, mscale, mscaleAllDim, truncate,
    shortFactors, longFactors, interleaved,
  ]

  static func build(_ call: StepCall) throws -> [Value.ID] {
    let headSize = try call.value(headSize)
    let size = try call.optional(rotarySize) ?? headSize
    // YaRN has a ramp over half as many pairs, rounded down: where that is none, nothing is rotated.
    let isEmpty = try size == 1 && call.value(scaling) == "yarn"
    guard size > 0, !isEmpty else { return try call.inputs() }
    let turned = size + size % 2
    var scaling = try scaling(call, size: size)
    if size % 2 == 1, turned > headSize {
      scaling = .unsupported(
        "an odd number of entries, \(size), cannot be rotated in a head of \(headSize)")
    }
    let fits = min(turned, headSize - headSize % 2)
    // A head of one entry has no pair to turn.
    guard fits > 0 else { return try call.inputs() }
    let rotary = Rotary(
      headSize: headSize, rotarySize: fits, seriesSize: size, theta: try call.value(theta),
      scaling: scaling, isInterleaved: try call.value(interleaved))
    return try call.inputs().flatMap { try call.apply(rotary, to: [$0]) }
  }

  private static func scaling(_ call: StepCall, size: Int) throws -> Rotary.Scaling {
    let kind = try call.value(scaling)
    let positions = try call.value(positions)
    let original = try call.value(originalLength)
    var factor = try call.value(factor)
    switch kind {
    case "none", "default": return .none
    case "yarn", "longrope":
      if factor == 0 { factor = Double(positions) / Double(original) }
    default:
      guard factor != 0 else { return .unsupported("RoPE scaling '\(kind)' needs a factor") }
    }
    switch kind {
    case "linear": return .linear(factor: factor)
    case "dynamic":
      guard size > 2 else {
        return .unsupported("dynamic RoPE scaling cannot rotate \(size) entries of a head")
      }
      return .dynamic(factor: factor, positions: positions)
    case "llama3":
      return .llama3(
        factor: factor, lowFrequency: try call.value(lowFrequency),
        highFrequency: try call.value(highFrequency), originalLength: original)
    case "yarn": return try yarn(call, factor: factor, original: original, size: size)
    case "longrope": return try longRope(call, factor: factor, original: original, size: size)
    default: return .unsupported("RoPE scaling '\(kind)' is not supported")
    }
  }

  private static func yarn(
    _ call: StepCall, factor: Double, original: Int, size: Int
  ) throws -> Rotary.Scaling {
    guard size % 2 == 0 || size == 3 else {
      return .unsupported("YaRN cannot rotate an odd number of entries, \(size)")
    }
    func growth(_ weight: Double) -> Double {
      factor <= 1 ? 1 : 0.1 * weight * log(factor) + 1
    }
    var amplitude = try call.value(attentionFactor)
    if amplitude == 0 {
      let (weight, all) = (try call.value(mscale), try call.value(mscaleAllDim))
      amplitude = weight != 0 && all != 0 ? growth(weight) / growth(all) : growth(1)
    }
    let (fast, slow) = (try call.value(betaFast), try call.value(betaSlow))
    return .yarn(
      Rotary.YaRN(
        factor: factor, fast: fast == 0 ? 32 : fast, slow: slow == 0 ? 1 : slow,
        originalLength: original, isTruncated: try call.value(truncate), amplitude: amplitude))
  }

  private static func longRope(
    _ call: StepCall, factor: Double, original: Int, size: Int
  ) throws -> Rotary.Scaling {
    let lists = try [shortFactors, longFactors].map { list in
      try call.value(list).split(separator: " ").compactMap { Double($0) }
    }
    let pairs = (size + 1) / 2
    for list in lists where list.count != pairs && list.count != 1 {
      return .unsupported(
        "longrope needs \(pairs) factors, one for each pair, and has \(list.count)")
    }
    var amplitude = try call.value(attentionFactor)
    if amplitude == 0 {
      amplitude = factor <= 1 ? 1 : (1 + log(factor) / log(Double(original))).squareRoot()
    }
    return .longRope(
      Rotary.LongRoPE(
        short: lists[0], long: lists[1], originalLength: original, amplitude: amplitude))
  }
}
