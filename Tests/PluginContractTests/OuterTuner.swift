import TunerKit

/// A third tuner, made of nothing but what `TunerKit` offers: `ΔW = scale · c · (s ⊙ b)ᵀ` with one
/// column `c` a module, a random row `b` of its own that never changes, and one number `s` that all
/// modules share and train.
struct OuterTuner: Tuner {
  static let name = "OUTER"
  private let configuration: OuterConfig

  init(_ configuration: OuterConfig, sites: [Site]) { self.configuration = configuration }

  func update(of site: Site) -> WeightUpdate {
    let column = site.trained("outer_column", [site.outputs, 1], initially: .zeros)
    let row = WeightUpdate.tensor(
      UpdateTensor(
        name: "outer_row", site: site.path, shape: [1, site.inputs],
        initial: .uniform(bound: 1), isTrained: false))
    let shared = WeightUpdate.tensor(
      UpdateTensor(name: "outer_scale", site: nil, shape: [1, 1], initial: .ones, isTrained: true))
    return configuration.scale * (column • (shared ⊙ row))
  }
}

struct OuterConfig: TunerConfiguration {
  typealias Method = OuterTuner

  var scale = 1.0
  var options = AdapterOptions()

  static let scaleSetting = ScaleSetting<OuterConfig>("outer_scale", \.scale)

  static let ownFields: [ConfigurationField<OuterConfig>] = [
    ConfigurationField("outer_scale", \.scale, "What the product is multiplied by.", rule: .finite)
  ]
}
