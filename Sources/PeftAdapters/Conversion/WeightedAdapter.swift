import LoRA
import TunerKit

/// One of the adapters that are combined: its weight, and its updates in both forms.
struct WeightedAdapter {
  let weights: AdapterWeights
  let weight: Double
  /// Nil where the updates are no products of two factors.
  let products: LoRAProducts?
  let matrices: UpdateMatrices
  /// By the paths of their modules.
  let updates: [String: SiteUpdate]

  init(_ weights: AdapterWeights, weight: Double, on base: Model) throws {
    (self.weights, self.weight) = (weights, weight)
    products = try LoRAProducts(weights)
    matrices = try UpdateMatrices(weights, on: base)
    updates = Dictionary(
      weights.adapter.updates.map { ($0.site.path, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The tuner as people call it: `RANDLORA`, `DoRA`.
  var tunerText: String {
    let isDora = (weights.adapter.configuration as? LoraConfig)?.useDora == true
    return isDora ? "DoRA" : weights.adapter.tunerName
  }
}
