import CPUCore
import PeftTensors

/// Sums of tensors, of which entries may be left out: `peft/utils/merge_utils.py`.
///
/// TIES: Yadav et al., "TIES-Merging: Resolving Interference When Merging Models", 2023,
/// arXiv:2306.01708. DARE: Yu et al., "Language Models are Super Mario", 2023, arXiv:2311.03099.
struct TaskArithmetic {
  let combination: AdapterCombination
  let density: Double
  let majoritySign: AdapterCombination.MajoritySign
  var generator: TorchGenerator

  /// The sum of tensors of one shape, each with its weight.
  mutating func sum(_ tensors: [Tensor], weights: [Double]) -> Tensor {
    let terms = tensors.map { pruned($0.floats()) }
    let signs = combination.electsSigns ? electedSigns(terms) : nil
    var sums = [Float](repeating: 0, count: tensors[0].count)
    var counts = [Float](repeating: 0, count: signs == nil ? 0 : sums.count)
    for (term, weight) in zip(terms, weights.map { Float($0) }) {
      for index in sums.indices {
        if let signs {
          guard term[index].signAsNumber == signs[index] else { continue }
          counts[index] += 1
        }
        sums[index] += term[index] * weight
      }
    }
    for index in counts.indices { sums[index] /= max(1, counts[index]) }
    return Tensor(sums, shape: tensors[0].shape)
  }

  private mutating func pruned(_ entries: [Float]) -> [Float] {
    guard let pruning = combination.pruning, density < 1 else { return entries }
    switch pruning {
    case .smallest: return entries.keepingLargest(Int(density * Double(entries.count)))
    case .random:
      let scale = Float(1 / density)
      let draws = generator.uniform([entries.count], from: 0, to: 1).floats()
      return zip(entries, draws).map { Double($1) < density ? $0 * scale : 0 }
    }
  }

  /// For each place 1 or −1; a tie counts as 1.
  private func electedSigns(_ terms: [[Float]]) -> [Float] {
    (0..<terms[0].count).map { index in
      let votes = terms.reduce(Float(0)) { sum, term in
        sum + (majoritySign == .total ? term[index] : term[index].signAsNumber)
      }
      return votes >= 0 ? 1 : -1
    }
  }
}

extension Float {
  /// 1, −1, or 0 for zero.
  fileprivate var signAsNumber: Float { self > 0 ? 1 : self < 0 ? -1 : 0 }
}

extension [Float] {
  /// The entries of largest magnitude, the first ones where some are alike; zero in place of the rest.
  fileprivate func keepingLargest(_ count: Int) -> [Float] {
    guard count > 0 else { return [Float](repeating: 0, count: self.count) }
    let threshold = map(\.magnitude).sorted(by: >)[count - 1]
    var equals = count - reduce(0) { $0 + ($1.magnitude > threshold ? 1 : 0) }
    return map { entry in
      if entry.magnitude > threshold { return entry }
      guard entry.magnitude == threshold, equals > 0 else { return 0 }
      equals -= 1
      return entry
    }
  }
}
