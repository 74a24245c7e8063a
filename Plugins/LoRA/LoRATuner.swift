public import TunerKit

/// Low-rank adaptation (LoRA): `W + scale · B A`, with `W` frozen.
///
/// `A: [r, in]` starts random and `B: [out, r]` at zero, so a fresh adapter changes no output. On
/// an embedding it is the other way round. A convolution's `A` has the base's kernel, its `B` 1 × 1.
/// Paper: Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", 2021, arXiv:2106.09685.
public struct LoRATuner: Tuner {
  public static let name = "LORA"
  public static let supportedKinds: [Module.Kind] = [.linear, .conv1D, .embedding, .conv2D]

  private let configuration: LoraConfig
  private let ranks: PatternTable<Int>
  private let alphas: PatternTable<Double>
  public let warnings: [String]

  public init(_ configuration: LoraConfig, sites: [Site]) throws {
    try configuration.check()
    self.configuration = configuration
    ranks = try PatternTable(configuration.rankPattern, setting: "rank_pattern")
    alphas = try PatternTable(configuration.alphaPattern, setting: "alpha_pattern")
    let paths = sites.map(\.path)
    warnings =
      try ranks.unusedKeys(among: paths).map(\.description)
      + alphas.unusedKeys(among: paths).map(\.description)
  }

  public func update(of site: Site) throws -> WeightUpdate {
    let r = try ranks.value(for: site.path) ?? configuration.r
    let alpha = try alphas.value(for: site.path) ?? configuration.loraAlpha
    let scale = alpha / (configuration.useRslora ? Double(r).squareRoot() : Double(r))
    switch site.kind {
    case .embedding:
      let a = site.trained("lora_embedding_A", [r, site.inputs], initially: .zeros)
      let b = site.trained(
        "lora_embedding_B", [site.outputs, r], initially: .normal(deviation: 1),
        discarding: [.normal([r, site.inputs]), .normal([site.outputs, r])])
      return scale * (b • a)
    case .conv2D:
      let a = site.trained(
        "lora_A.weight", [r] + site.inputShape, initially: initialA(of: site),
        discarding: constructorDraws(of: site, rank: r))
      let b = site.trained("lora_B.weight", [site.outputs, r, 1, 1], initially: .zeros)
      return scale * (b.reshaped([site.outputs, r]) • a.reshaped([r, site.inputs]))
    default:
      let a = site.trained(
        "lora_A.weight", [r, site.inputs], initially: initialA(of: site),
        discarding: constructorDraws(of: site, rank: r))
      let b = site.trained("lora_B.weight", [site.outputs, r], initially: .zeros)
      return scale * (b • a)
    }
  }

  public func inputDropout(at site: Site) -> Double {
    site.kind == .embedding ? 0 : configuration.loraDropout
  }

  /// Kaiming-uniform with a = √5, which comes to ±1/√in.
  private func initialA(of site: Site) -> InitialValue {
    .uniform(bound: 1 / Double(site.inputs).squareRoot())
  }

  /// PEFT makes A and B as layers, which fill themselves, and then fills both again.
  private func constructorDraws(of site: Site, rank r: Int) -> [RandomDraw] {
    [.uniform([r, site.inputs]), .uniform([site.outputs, r])]
  }
}
