import ModelGraph

/// The cost of both orders of an update, in operations; memory traffic counts as operations, too.
struct AssociationCost {
  let rows: Int
  let inputs: Int
  let outputs: Int
  let depth: Int
  /// What the weight is stored in; nil where there is an update alone.
  let weight: ElementType?
  /// Which factors' gradients are needed; nil where there is no backward pass.
  var trainedFactors: (p: Bool, q: Bool)?

  /// Operations in the time that a byte takes to come from memory, on two cores with AVX-512: some
  /// 200 GFLOP/s and 12 GB/s.
  private static let operationsPerByte = 16.0

  var isCheaperBeside: Bool { beside < added }

  var costs: PlannedUpdate.Costs { PlannedUpdate.Costs(beside: beside, added: added) }

  /// The weight is read, perhaps widened as a whole, the sum written and read again. An update alone
  /// is multiplied with where a layer's own weight would be anyway. In the backward pass the whole update's
  /// gradient comes first, then that of each factor.
  private var added: Double {
    let entries = Double(inputs) * Double(outputs)
    let bytes = weight.map { $0.isHalf ? 18.0 : 12.0 } ?? 8
    let product = weight == nil ? 2 * Double(rows) * entries : 0
    let forward = product + entries * (2 * Double(depth) + Self.operationsPerByte * bytes)
    guard let trainedFactors else { return forward }
    let factors = (trainedFactors.p ? 1.0 : 0) + (trainedFactors.q ? 1 : 0)
    return forward + product
      + entries * (2 * Double(rows) + factors * 2 * Double(depth) + Self.operationsPerByte * 8)
  }

  /// The input is read again, the thin result written and read, the result read and written again. In
  /// the backward pass the same products carry the gradient, and one more for each factor.
  private var beside: Double {
    let (rows, depth) = (Double(rows), Double(depth))
    let bytes = 4 * (Double(inputs) + 2 * depth + 2 * Double(outputs))
    let pass =
      rows * (2 * depth * Double(inputs + outputs) + Self.operationsPerByte * bytes)
      + Self.operationsPerByte * 4 * depth * Double(inputs + outputs)
    guard let trainedFactors else { return pass }
    // The first factor that x meets is as wide as the inputs.
    let widths = (trainedFactors.p ? Double(outputs) : 0) + (trainedFactors.q ? Double(inputs) : 0)
    return 2 * pass + rows * depth * 2 * widths
  }
}
