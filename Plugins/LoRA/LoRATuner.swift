public import TunerKit

/// Low-rank adaptation (LoRA): `W + scale · B A`, with `W` frozen.
///
/// `A: [r, in]` starts random and `B: [out, r]` at zero, so a fresh adapter changes no output. On
/// an embedding it is the other way round. A convolution's `A` has the base's kernel, its `B` 1 × 1.
/// With `lora_bias`, `scale · b` is added to the bias. Initial values that are computed from `W` are
/// subtracted from it: `W − scale · B₀ A₀ + scale · B A`.
/// Paper: Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", 2021, arXiv:2106.09685.
public struct LoRATuner: Tuner {
  public static let name = "LORA"
  public static let supportedKinds: [Graph.Module.Kind] = [.linear, .conv1D, .embedding, .conv2D]
  public static let survey = [4, 16, 64].map { LoraConfig(r: $0) }

  let configuration: LoraConfig
  let ranks: PatternTable<Int>
  let alphas: PatternTable<Double>
  public let warnings: [String]

  public init(_ configuration: LoraConfig, sites: [Site]) throws {
    self.configuration = configuration
    let paths = sites.map(\.path)
    ranks = try PatternTable(configuration.rankPattern, setting: "rank_pattern", for: paths)
    alphas = try PatternTable(configuration.alphaPattern, setting: "alpha_pattern", for: paths)
    warnings =
      try ranks.unusedKeys(among: paths).map(\.description)
      + alphas.unusedKeys(among: paths).map(\.description) + configuration.loadedWarnings
  }

  public func update(of site: Site) throws -> WeightUpdate {
    let factors = try factors(at: site)
    let (b, a, scale) = (factors.matrixB, factors.matrixA, factors.scale)
    let product = scale * (b • a)
    let update = factors.start.map { product - scale * ($0.left • $0.right) } ?? product
    guard configuration.useDora else { return update }
    return Self.decomposed(site, product: update, magnitude: magnitude(of: site))
  }

  public func biasUpdate(of site: Site) throws -> WeightUpdate? {
    guard configuration.loraBias else { return nil }
    guard site.kind != .embedding else { throw LoRAError.embeddingBias(site.path) }
    let (rank, scale) = try rankAndScale(at: site)
    let start: InitialValue =
      configuration.initLoraWeights == .random
      ? .uniform(bound: 1 / Double(rank).squareRoot()) : .zeros
    return scale
      * site.trained(Self.biasName, [site.outputs], initially: start, role: .outputFactor)
  }

  public func inputDropout(at site: Site) -> Double {
    site.kind == .embedding ? 0 : configuration.loraDropout
  }

  /// Magnitude and direction apart (DoRA): the rows of `W + ΔW` are scaled to trained norms.
  ///
  /// The norms that rows are divided by take no gradient.
  /// Paper: Liu et al., "DoRA: Weight-Decomposed Low-Rank Adaptation", 2024, arXiv:2402.09353.
  private static func decomposed(
    _ site: Site, product: WeightUpdate, magnitude: WeightUpdate
  ) -> WeightUpdate {
    let direction = site.weight + product
    return magnitude ⊙ direction.inverseRowLengths ⊙ direction - site.weight
  }

  /// The trained norms of the rows, `[out, 1]`; PEFT keeps a convolution's as `[1, out, 1, 1]`.
  private func magnitude(of site: Site) -> WeightUpdate {
    let shape = site.kind == .conv2D ? [1, site.outputs, 1, 1] : [site.outputs]
    return site.trained(
      "lora_magnitude_vector", shape, initially: .derived(.rowLengths),
      otherNames: ["lora_magnitude_vector.weight"]
    ).reshaped([site.outputs, 1])
  }

  private func factors(at site: Site) throws -> LoRAFactors {
    let (rank, scale) = try rankAndScale(at: site)
    return try LoRAFactors(
      site, rank: rank, scale: scale, start: configuration.initLoraWeights,
      hasBias: configuration.loraBias)
  }
}
