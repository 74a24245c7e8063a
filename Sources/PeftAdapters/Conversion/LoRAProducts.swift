import LoRA
import PeftTensors
import TunerKit

/// The updates of a LoRA adapter as products of two factors, without any further arithmetic.
struct LoRAProducts {
  /// The factors of one site as they are in the file, and what their product is multiplied by.
  struct Stored {
    let factors: LowRankFactors
    let scale: Double
    /// The factors' initial values, where those are subtracted from the weight.
    let start: LowRankFactors?
  }

  let configuration: LoraConfig
  private let weights: AdapterWeights
  private let tuner: LoRATuner

  /// - Returns: Nil for other tuners and for DoRA, whose updates are no such products.
  init?(_ weights: AdapterWeights) throws {
    guard let configuration = weights.adapter.configuration as? LoraConfig, !configuration.useDora
    else { return nil }
    self.configuration = configuration
    self.weights = weights
    tuner = try LoRATuner(configuration, sites: weights.adapter.updates.map(\.site))
  }

  /// Whether a part is subtracted from the base's weights.
  var changesBase: Bool {
    weights.adapter.updates.contains { $0.tensors.contains(where: \.isDerived) }
  }

  /// The highest rank of all sites, as the file holds them.
  var storedRank: Int {
    get throws {
      try weights.adapter.updates.reduce(1) {
        max($0, try tuner.rankAndScale(at: $1.site).rank)
      }
    }
  }

  /// - Throws: `MissingBaseWeights` where the initial values need a weight that is missing.
  func stored(_ update: SiteUpdate) throws -> Stored {
    let site = update.site
    let (rank, scale) = try tuner.rankAndScale(at: site)
    func factors(_ names: (a: String, b: String)) -> LowRankFactors? {
      guard let a = tensor(names.a, of: update), let b = tensor(names.b, of: update) else {
        return nil
      }
      return LowRankFactors(
        b: b.reshaped([site.outputs, rank]), a: a.reshaped([rank, site.inputs]))
    }
    let start = factors(LoRATuner.startNames)
    guard let found = factors(LoRATuner.factorNames(of: site)),
      start != nil || !update.tensors.contains(where: \.isDerived)
    else { throw MissingBaseWeights(site: site.path) }
    return Stored(factors: found, scale: scale, start: start)
  }

  /// The update as one product; initial values that are subtracted from the weight double its rank.
  func product(_ update: SiteUpdate) throws -> LowRankFactors {
    let stored = try stored(update)
    let product = stored.factors.scaled(by: stored.scale)
    guard let start = stored.start else { return product }
    return LowRankFactors(sum: [product, start.scaled(by: -stored.scale)])
  }

  private func tensor(_ name: String, of update: SiteUpdate) -> Tensor? {
    update.tensors.first { $0.name == name }
      .flatMap { weights.tensors[$0.parameterName(adapter: weights.name)] }
  }
}
