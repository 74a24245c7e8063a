import TunerKit

/// (IA)³: what a module puts out is scaled, or what a feed-forward module takes in.
///
/// `W` becomes `s ⊙ W` and `b` becomes `s ⊙ b` with `s: [out, 1]`; of a feed-forward module `W` becomes
/// `W ⊙ s` with `s: [1, in]`, and `b` stays. It has no rank.
/// Paper: Liu et al., "Few-Shot Parameter-Efficient Fine-Tuning is Better and Cheaper than In-Context
/// Learning", 2022, arXiv:2205.05638.
struct IA3Tuner: Tuner {
  static let name = "IA3"
  private let configuration: IA3Config

  init(_ configuration: IA3Config, sites: [Site]) { self.configuration = configuration }

  func update(of site: Site) -> WeightUpdate { scale(of: site) ⊙ site.weight - site.weight }

  func biasUpdate(of site: Site) -> WeightUpdate? {
    guard let bias = site.bias, !isFeedForward(site) else { return nil }
    return scale(of: site).reshaped([site.outputs]) ⊙ bias - bias
  }

  private func scale(of site: Site) -> WeightUpdate {
    site.trained(
      "ia3_l", isFeedForward(site) ? [1, site.inputs] : [site.outputs, 1],
      initially: configuration.startsAtOne ? .ones : .normal(deviation: 1))
  }

  private func isFeedForward(_ site: Site) -> Bool {
    configuration.feedForwardModules.contains { site.path.hasSuffix($0) }
  }
}

struct IA3Config: TunerConfiguration {
  typealias Method = IA3Tuner
  var feedForwardModules: [String] = []
  var startsAtOne = true
  var options = AdapterOptions()

  static let ownFields: [ConfigurationField<IA3Config>] = [
    ConfigurationField(
      "feedforward_modules", \.feedForwardModules, "Modules of which the input is scaled."),
    ConfigurationField("init_ia3_weights", \.startsAtOne, "Whether scales start at one."),
    ConfigurationField(
      "exclude_modules", \.options.targets.excludeModules, "Modules to leave out."),
  ]
}
