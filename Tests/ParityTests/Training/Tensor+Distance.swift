import Peft

extension Tensor {
  /// The largest difference from another tensor, over its largest entry; infinite where shapes differ
  /// or something is no number.
  /// - Parameter rows: Which rows count; all where nil.
  func distance(from expected: Tensor, rows: [Bool]? = nil) -> Double {
    guard shape == expected.shape else { return .infinity }
    let (found, entries, width) = (floats(), expected.floats(), shape.last ?? 1)
    // Where all are 0, what is left of terms that cancel is compared with 1.
    let largest = entries.map { Double(abs($0)) }.max() ?? 0
    var difference = 0.0
    for index in found.indices where rows?[index / width] ?? true {
      let own = Double(abs(found[index] - entries[index]))
      if own.isNaN { return .infinity }
      difference = max(difference, own)
    }
    return difference / (largest > 0 ? largest : 1)
  }
}
