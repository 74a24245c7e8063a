import TunerKit

/// LoHa: `ΔW = scale · (B₁ A₁) ⊙ (B₂ A₂)`, of rank up to r².
///
/// `A: [r, in]`, `B: [out, r]`; B₂ starts at zero, so a fresh adapter changes nothing.
/// Paper: Hyeon-Woo et al., "FedPara", 2022, arXiv:2108.06098.
struct LoHaTuner: Tuner {
  static let name = "LOHA"
  private let configuration: LoHaConfig

  init(_ configuration: LoHaConfig, sites: [Site]) { self.configuration = configuration }

  func update(of site: Site) -> WeightUpdate {
    let r = configuration.r
    let b1 = site.trained("hada_w1_a", [site.outputs, r], initially: .normal(deviation: 0.1))
    let a1 = site.trained("hada_w1_b", [r, site.inputs], initially: .normal(deviation: 1))
    let b2 = site.trained("hada_w2_a", [site.outputs, r], initially: .zeros)
    let a2 = site.trained("hada_w2_b", [r, site.inputs], initially: .normal(deviation: 1))
    return (configuration.alpha / Double(r)) * ((b1 • a1) ⊙ (b2 • a2))
  }
}

struct LoHaConfig: TunerConfiguration {
  typealias Method = LoHaTuner
  var r = 8
  var alpha = 8.0
  var options = AdapterOptions()

  static let rankSetting = RankSetting<LoHaConfig>("r", \.r)
  static let scaleSetting = ScaleSetting<LoHaConfig>("alpha", \.alpha)
  static let ownFields: [ConfigurationField<LoHaConfig>] = [
    ConfigurationField("r", \.r, "The rank of each factor.", rule: .atLeast(1)),
    ConfigurationField("alpha", \.alpha, "The scale is alpha / r.", rule: .finite),
  ]
}
