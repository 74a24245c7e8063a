import CKernels
import ModelGraph
import PeftPlatform

/// The cross entropy of one row of logits.
struct RowCrossEntropy {
  let loss: Double
  /// Whether no logit is larger than the label's.
  let isRight: Bool

  /// Replaces the logits by their gradient.
  /// - Parameter scale: The factor on the gradient; the loss is without it.
  init(
    _ x: UnsafeMutablePointer<Float>, count: Int, label: Int, smoothing: Double, scale: Float
  ) {
    var (largest, sum, total) = (Float(0), Float(0), Float(0))
    ck_largest(count, x, &largest)
    let own = x[label]
    if smoothing > 0 { ck_sum(count, x, &total) }
    ck_exponentials(count, largest, x, x)
    ck_sum(count, x, &sum)
    let logSum = Double(largest) + log(Double(sum))
    let uniform = smoothing / Double(count)
    loss = logSum - (1 - smoothing) * Double(own) - uniform * Double(total)
    isRight = own >= largest
    ck_scale(count, scale / sum, x, x)
    if smoothing > 0 { ck_add_constant(count, -scale * Float(uniform), x, x) }
    x[label] -= scale * Float(1 - smoothing)
  }
}

/// The rows of logits that count, with their labels.
struct CountedRows {
  private(set) var rows: [Int] = []
  private(set) var labels: [Int] = []

  /// - Parameter labels: `[..., length]`; those of a row of logits may stand `shift` places later.
  init(_ labels: NumberView, shift: Int, classes: Int) throws(RunError) {
    let length = labels.columns
    for row in 0..<labels.layout.count where row % length + shift < length {
      let label = Int(labels.indices(0)[row + shift])
      guard label != CrossEntropy.ignoredLabel else { continue }
      guard 0..<classes ~= label else {
        throw RunError(.labelOutOfRange(label, classes: classes))
      }
      rows.append(row)
      self.labels.append(label)
    }
  }
}

/// Losses by row, added up in the order of the rows.
struct LossSums {
  private var losses: [Double]
  private var areRight: [Bool]

  init(count: Int) {
    losses = [Double](repeating: 0, count: count)
    areRight = [Bool](repeating: false, count: count)
  }

  /// Calls `body` with places that several tasks may write, each its own.
  mutating func withPlaces(
    _ body: (UnsafeMutablePointer<Double>, UnsafeMutablePointer<Bool>) -> Void
  ) {
    losses.withUnsafeMutableBufferPointer { losses in
      areRight.withUnsafeMutableBufferPointer { areRight in
        guard let losses = losses.baseAddress, let areRight = areRight.baseAddress else { return }
        body(losses, areRight)
      }
    }
  }

  /// Writes the loss, and the number of correct predictions.
  func write(to results: [NumberView], scale: Float) {
    results[0].floats[0] = Float(losses.reduce(0, +) * Double(scale))
    results[1].floats[0] = Float(areRight.count { $0 })
  }
}
