import TunerKit

/// AdaLoRA: `ΔW = scale · B (E ⊙ A)`, whose ranks are taken away in training where they matter least.
///
/// `A: [r, in]` and `B: [out, r]` are kept orthogonal by a term of the loss; `E: [r, 1]` starts at zero.
/// How much each entry matters is its gradient times its value, smoothed over steps.
/// Paper: Zhang et al., "AdaLoRA: Adaptive Budget Allocation for Parameter-Efficient Fine-Tuning", 2023,
/// arXiv:2303.10512; the order of what happens is that of PEFT's `RankAllocator`.
struct AdaLoRATuner: ScheduledTuner {
  static let name = "ADALORA"
  private let configuration: AdaLoRAConfig
  private let siteCount: Int

  init(_ configuration: AdaLoRAConfig, sites: [Site]) {
    self.configuration = configuration
    siteCount = max(1, sites.count)
  }

  func update(of site: Site) -> WeightUpdate {
    let e = site.trained("lora_E", [configuration.r, 1], initially: .zeros)
    let scale = configuration.alpha / (Double(configuration.r) + 1e-5)
    return scale * (b(of: site) • (e ⊙ a(of: site)))
  }

  func lossTerms(at site: Site) -> [LossTerm] {
    let weight = configuration.orthogonality / Double(2 * siteCount)
    let (a, b) = (a(of: site), b(of: site))
    return [
      LossTerm(weight, norm: a • a.transposed, from: .identity),
      LossTerm(weight, norm: b.transposed • b, from: .identity),
    ]
  }

  private func a(of site: Site) -> WeightUpdate {
    site.trained("lora_A", [configuration.r, site.inputs], initially: .normal(deviation: 0.02))
  }

  private func b(of site: Site) -> WeightUpdate {
    site.trained("lora_B", [site.outputs, configuration.r], initially: .normal(deviation: 0.02))
  }

  func afterStep(_ step: inout TrainingStep) {
    guard let total = step.total ?? configuration.totalStep else { return }
    let last = total - configuration.tFinal
    if step.number < last { step.noteImportance(configuration) }
    guard step.number <= last else { return step.mask(scores: nil) }
    let progress = Double(step.number - configuration.tInit) / Double(last - configuration.tInit)
    let isDue = step.number > configuration.tInit && step.number % configuration.interval == 0
    guard isDue || step.number == last else { return }
    let (all, wanted) = (configuration.r * siteCount, configuration.targetR * siteCount)
    let rest = (1 - progress) * (1 - progress) * (1 - progress)
    let budget = Int(Double(all - wanted) * rest + Double(wanted))
    step.mask(scores: step.scores(), keeping: budget)
  }
}

extension TrainingStep {
  /// Smooths how much every entry matters, and how far that varies.
  fileprivate mutating func noteImportance(_ configuration: AdaLoRAConfig) {
    let (beta1, beta2) = (Float(configuration.beta1), Float(configuration.beta2))
    for item in tensors {
      let name = item.key
      var mean = memory["mean.\(name)"] ?? item.gradient.map { _ in 0 }
      var spread = memory["spread.\(name)"] ?? item.gradient.map { _ in 0 }
      for entry in mean.indices {
        let importance = abs(item[entry] * item.gradient[entry])
        mean[entry] = beta1 * mean[entry] + (1 - beta1) * importance
        spread[entry] = beta2 * spread[entry] + (1 - beta2) * abs(importance - mean[entry])
      }
      memory["mean.\(name)"] = mean
      memory["spread.\(name)"] = spread
    }
  }

  /// How much every rank of every site matters.
  fileprivate func scores() -> [String: [Float]] {
    var scores: [String: [Float]] = [:]
    for item in tensors {
      guard let site = item.tensor.site, let mean = memory["mean.\(item.key)"],
        let spread = memory["spread.\(item.key)"]
      else { continue }
      let entries = zip(mean, spread).map(*)
      let (rows, columns) = (item.tensor.shape[0], item.tensor.shape[1])
      let isB = item.tensor.name == "lora_B"
      var own = scores[site] ?? [Float](repeating: 0, count: isB ? columns : rows)
      for rank in own.indices {
        let parts = (0..<(isB ? rows : columns)).map {
          entries[isB ? $0 * columns + rank : rank * columns + $0]
        }
        own[rank] += parts.reduce(0, +) / Float(parts.count)
      }
      scores[site] = own
    }
    return scores
  }

  /// Sets what matters least to zero; without scores what was set to zero last.
  fileprivate mutating func mask(scores: [String: [Float]]?, keeping budget: Int = 0) {
    if let scores {
      let sorted = scores.values.joined().sorted()
      let taken = sorted.count - budget
      guard taken > 0 else { return }
      for (site, own) in scores {
        memory["kept.\(site)"] = own.map { $0 <= sorted[taken - 1] ? 0 : 1 }
      }
    }
    for index in tensors.indices where tensors[index].tensor.name == "lora_E" {
      guard let kept = memory["kept.\(tensors[index].tensor.site ?? "")"] else { continue }
      for rank in kept.indices where kept[rank] == 0 { tensors[index][rank] = 0 }
    }
  }
}

extension TensorInTraining {
  fileprivate var key: String { "\(tensor.site ?? "").\(tensor.name)" }
}

struct AdaLoRAConfig: TunerConfiguration {
  typealias Method = AdaLoRATuner
  var r = 12
  var targetR = 8
  var alpha = 8.0
  var tInit = 0
  var tFinal = 0
  var interval = 1
  var beta1 = 0.85
  var beta2 = 0.85
  var orthogonality = 0.5
  var totalStep: Int?
  var options = AdapterOptions()

  static let rankSetting = RankSetting<AdaLoRAConfig>("init_r", \.r)
  static let scaleSetting = ScaleSetting<AdaLoRAConfig>("lora_alpha", \.alpha)

  static let ownFields: [ConfigurationField<AdaLoRAConfig>] = [
    ConfigurationField("init_r", \.r, "The rank at the start.", rule: .atLeast(1)),
    ConfigurationField("target_r", \.targetR, "The mean rank at the end.", rule: .atLeast(1)),
    ConfigurationField("lora_alpha", \.alpha, "The scale is lora_alpha / init_r.", rule: .finite),
    ConfigurationField("tinit", \.tInit, "Steps with all ranks.", rule: .atLeast(0)),
    ConfigurationField("tfinal", \.tFinal, "Steps with the last ranks.", rule: .atLeast(0)),
    ConfigurationField("deltaT", \.interval, "Steps between two cuts.", rule: .atLeast(1)),
    ConfigurationField("beta1", \.beta1, "Smoothing of importance.", rule: .probability),
    ConfigurationField("beta2", \.beta2, "Smoothing of its spread.", rule: .probability),
    ConfigurationField(
      "orth_reg_weight", \.orthogonality, "Weight of the term of the loss.", rule: .finite),
    ConfigurationField("total_step", \.totalStep, "Steps of the run, where nothing else says."),
  ]
}
