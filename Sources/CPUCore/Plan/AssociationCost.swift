import ModelGraph

/// The cost of both orders of an update, in operations; memory traffic counts as operations, too.
struct AssociationCost {
  let rows: Int
  let inputs: Int
  let outputs: Int
  let depth: Int
  /// What the weight is stored in; nil where there is an update alone.
  let weight: ElementType?
  var precision = Precision.f32
  /// Runs that one sum does for.
  var runs = 1
  /// Which factors' gradients are needed; nil where there is no backward pass.
  var trainedFactors: (p: Bool, q: Bool)?
  /// What a product with each factor costs, as a share of one with a dense factor.
  var shares: (p: Double, q: Double) = (1, 1)

  /// Operations in the time that a byte takes to come from memory, on two cores with AVX-512: some
  /// 200 GFLOP/s, twice that of bfloat16, and 12 GB/s.
  private var operationsPerByte: Double { precision == .bf16 ? 32 : 16 }

  /// A sum with a weight of bfloat16, rounded to bfloat16, would often be that weight again: small updates would
  /// be lost.
  private var sumLosesUpdate: Bool { precision == .bf16 && weight == .bfloat16 }

  /// The sum takes memory, which it must be worth.
  private static let leastGain = 1.1

  var isCheaperBeside: Bool { beside < Self.leastGain * added || sumLosesUpdate }

  var costs: PlannedUpdate.Costs { PlannedUpdate.Costs(beside: beside, added: added) }

  /// The weight is read, perhaps widened as a whole, the sum written and read again. An update alone
  /// is multiplied with where a layer's own weight would be anyway. In the backward pass the whole update's
  /// gradient comes first, then that of each factor, unless `Graph.orderingGradients` finds it cheaper
  /// without.
  private var added: Double {
    let entries = Double(inputs) * Double(outputs)
    let bytes = weight.map { $0.isHalf ? 18.0 : 12.0 } ?? 8
    let product = weight == nil ? 2 * Double(rows) * entries : 0
    let sum =
      entries * (2 * Double(depth) * min(shares.p, shares.q) + operationsPerByte * bytes)
    let forward = product + sum / Double(runs)
    guard let trainedFactors else { return forward }
    // A factor's gradient is a product with the other one.
    let others = (trainedFactors.p ? shares.q : 0) + (trainedFactors.q ? shares.p : 0)
    let factors = (trainedFactors.p ? 1.0 : 0) + (trainedFactors.q ? 1 : 0)
    let thinBytes = operationsPerByte * 8 * Double(depth)
    let whole =
      entries * (2 * (Double(rows) + others * Double(depth)) + operationsPerByte * 8)
    let widths =
      (trainedFactors.p ? Double(inputs) * shares.q + Double(outputs) : 0)
      + (trainedFactors.q ? Double(outputs) * shares.p + Double(inputs) : 0)
    let thin = Double(rows) * (2 * Double(depth) * widths + factors * thinBytes)
    return forward + product + min(whole, thin)
  }

  /// The input is read again, the thin result written and read; it is added while the result is in the cache. In
  /// the backward pass the same products carry the gradient, and one more for each factor.
  private var beside: Double {
    let (rows, depth) = (Double(rows), Double(depth))
    let bytes = 4 * (Double(inputs) + 2 * depth)
    let widths = Double(inputs) * shares.q + Double(outputs) * shares.p
    let pass =
      rows * (2 * depth * widths + operationsPerByte * bytes)
      + operationsPerByte * 4 * depth * Double(inputs + outputs)
    guard let trainedFactors else { return pass }
    // The first factor that x meets is as wide as the inputs.
    let trained = (trainedFactors.p ? Double(outputs) : 0) + (trainedFactors.q ? Double(inputs) : 0)
    return 2 * pass + rows * depth * 2 * trained
  }
}
