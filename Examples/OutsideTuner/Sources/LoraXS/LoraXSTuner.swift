public import TunerKit

/// LoRA-XS: `W + scale · P R Q`, where only the small `R: [r, r]` is trained.
///
/// `P: [out, r]` and `Q: [r, in]` are the weight's first singular vectors, each times the root of its
/// singular value; they are computed again from the base model, so that a file holds r² values per module.
/// `R` starts at zero: a fresh adapter changes nothing.
/// Paper: Bałazy et al., "LoRA-XS: Low-Rank Adaptation with Extremely Small Number of Parameters",
/// 2024, arXiv:2405.17604, which leaves the singular values with `P`.
public struct LoraXSTuner: Tuner {
  public static let name = "LORA_XS"
  private let configuration: LoraXSConfig

  public init(_ configuration: LoraXSConfig, sites: [Site]) { self.configuration = configuration }

  public func update(of site: Site) -> WeightUpdate {
    let r = min(configuration.r, site.outputs, site.inputs)
    let p = site.derived("xs_p", [site.outputs, r], .singular(.left, rank: r, scale: 1))
    let q = site.derived("xs_q", [r, site.inputs], .singular(.right, rank: r, scale: 1))
    let core = site.trained("xs_r", [r, r], initially: .zeros)
    return configuration.alpha / Double(configuration.r) * (p • core • q)
  }
}

/// The settings of LoRA-XS, as `adapter_config.json` has them.
public struct LoraXSConfig: TunerConfiguration {
  public typealias Method = LoraXSTuner

  public var r = 16
  public var alpha = 16.0
  public var options = AdapterOptions()

  public init() {}

  public static let rankSetting = RankSetting<LoraXSConfig>("r", \.r)
  public static let scaleSetting = ScaleSetting<LoraXSConfig>("alpha", \.alpha) {
    $0.alpha * Double($1) / Double($0.r)
  }

  public static let ownFields: [ConfigurationField<LoraXSConfig>] = [
    ConfigurationField("r", \.r, "Rank.", rule: .atLeast(1)),
    ConfigurationField("alpha", \.alpha, "The scale is alpha / r.", rule: .finite),
  ]
}
