import TunerKit

/// VeRA: `ΔW = Λ_b B Λ_d A`, with one pair of random matrices for all modules that is never trained.
///
/// Of `A: [r, in]` and `B: [out, r]`, sized for the largest module, each takes its leading part; it
/// trains `λ_b: [out]` and `λ_d: [r]`.
/// Paper: Kopiczko et al., "VeRA: Vector-based Random Matrix Adaptation", 2024, arXiv:2310.11454.
struct VeRATuner: Tuner {
  static let name = "VERA"
  private let configuration: VeRAConfig
  private let a: WeightUpdate
  private let b: WeightUpdate

  init(_ configuration: VeRAConfig, sites: [Site]) {
    self.configuration = configuration
    let r = configuration.r
    let inputs = sites.map(\.inputs).max() ?? 1
    func drawn(_ fan: Int, after words: Int) -> InitialValue {
      .basis(
        RandomBasis(
          key: configuration.key, precedingWords: words,
          distribution: .kaimingUniform(fan: fan, blocks: 1), generation: .current))
    }
    // PEFT's file has them once, not once more for every module.
    a = .frozen("vera_A", [r, inputs], initially: drawn(inputs, after: 0))
    b = .frozen(
      "vera_B", [sites.map(\.outputs).max() ?? 1, r], initially: drawn(r, after: r * inputs))
  }

  func update(of site: Site) -> WeightUpdate {
    let r = configuration.r
    let d = site.trained("vera_lambda_d", [r], initially: .constant(configuration.start))
    let b = site.trained("vera_lambda_b", [site.outputs], initially: .zeros)
    return (b.reshaped([site.outputs, 1]) ⊙ self.b.leading([site.outputs, r]))
      • (d.reshaped([r, 1]) ⊙ a.leading([r, site.inputs]))
  }

  func inputDropout(at site: Site) -> Double { configuration.dropout }
}

struct VeRAConfig: TunerConfiguration {
  typealias Method = VeRATuner
  var r = 256
  var key = 0
  var savesBases = true
  var dropout = 0.0
  var start = 0.1
  var options = AdapterOptions()

  static let rankSetting = RankSetting<VeRAConfig>("r", \.r)
  static let basisSettings = BasisSettings(key: "projection_prng_key", isSaved: "save_projection")

  static let ownFields: [ConfigurationField<VeRAConfig>] = [
    ConfigurationField("r", \.r, "The rank.", rule: .atLeast(1)),
    ConfigurationField(
      "projection_prng_key", \.key, "The key that the bases are drawn from.", isBounded: false),
    ConfigurationField("save_projection", \.savesBases, "Whether the bases are saved."),
    ConfigurationField(
      "vera_dropout", \.dropout, "Dropout on the update's input.", rule: .probability),
    ConfigurationField("d_initial", \.start, "What λ_d starts at.", rule: .finite),
    .unsupported("init_weights", neutral: .bool(true), "Random starts."),
  ]
}
