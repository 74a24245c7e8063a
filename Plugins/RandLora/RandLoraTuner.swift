public import TunerKit

/// RandLora: a full-rank update from fixed random bases, of which only diagonal scalings are
/// trained.
///
/// All sites share `A: [r, 1, d]` and `B: [D, n, r]`, drawn from a key and never trained. With d the
/// smaller and D the larger of a site's in and out, and n = ⌈d / r⌉, a site trains `λ: [r, n]`,
/// from zero, and `γ: [n, d]`. A *lower* r means more bases, and so more trainable parameters.
/// Paper: Albert et al., "RandLoRA: Full-Rank Parameter-Efficient Fine-Tuning of Large Models",
/// 2025, arXiv:2502.00987. Shapes and orders are those of PEFT's `RandLoraLayer`.
public struct RandLoraTuner: Tuner {
  public static let name = "RANDLORA"
  public static let survey = [128, 32, 8].map {
    RandLoraConfig(r: $0, randloraAlpha: 20 * Double($0))
  }

  private let configuration: RandLoraConfig
  private let bases: RandomBases
  public let warnings: [String]

  public init(_ configuration: RandLoraConfig, sites: [Site]) throws {
    self.configuration = configuration
    bases = try RandomBases(configuration, sites: sites)
    warnings = configuration.warnings
  }

  /// The update `scale · B̂ · Û`, where `Û` flattens `λ ⊙ A ⊙ γ` over the bases.
  ///
  /// `B̂ [D, n·r]` runs base-slow and `Û [r·n, d]` rank-slow, as in PEFT's files; this is not the
  /// paper's `Σⱼ Bⱼ Λⱼ A Γⱼ`.
  public func update(of site: Site) throws -> WeightUpdate {
    let r = configuration.r
    let d = min(site.outputs, site.inputs)
    let larger = max(site.outputs, site.inputs)
    let n = RandomBases.count(covering: d, rank: r)
    let columns = try [n, r].checkedProduct()
    let startsAtZero = configuration.initWeights
    // PEFT draws λ before it sets it to zero, which advances the generator.
    let lambda = site.trained(
      "randlora_lambda", [r, n], initially: startsAtZero ? .zeros : .normal(deviation: 1),
      discarding: startsAtZero ? [.normal([r, n])] : [])
    let gamma = site.trained(
      "randlora_gamma", [n, d],
      initially: .constant(1 / Double(startsAtZero ? max(n, d) : larger)))
    let scaled =
      lambda.reshaped([r, n, 1]) ⊙ bases.a.leading([r, 1, d]) ⊙ gamma.reshaped([1, n, d])
    let shape = try bases.b.shape()
    let b = bases.b.reshaped([shape[0], shape[1] * shape[2]]).leading([larger, columns])
    let update = b • scaled.reshaped([columns, d])
    return configuration.scale * (site.outputs < site.inputs ? update.transposed : update)
  }

  public func inputDropout(at site: Site) -> Double { configuration.randloraDropout }
}
