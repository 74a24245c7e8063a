import PeftPlatform

/// How well a model does on data, as sums that add up over batches.
public struct Measurement: Hashable, Sendable {
  /// The sum of the losses of all counted entries.
  public var lossSum: Double
  /// How many of them were right; nil where a loss knows no right and wrong.
  public var rightCount: Double?
  public var entryCount: Int

  package init(lossSum: Double, rightCount: Double? = nil, entryCount: Int) {
    self.lossSum = lossSum
    self.rightCount = rightCount
    self.entryCount = entryCount
  }

  public var loss: Double { lossSum / Double(entryCount) }
  /// The share that was right.
  public var accuracy: Double? { rightCount.map { $0 / Double(entryCount) } }
  /// `e` to the loss: how many tokens the model hesitates between.
  public var perplexity: Double { exp(loss) }

  public static func + (a: Measurement, b: Measurement) -> Measurement {
    let right = a.rightCount.flatMap { a in b.rightCount.map { a + $0 } }
    return Measurement(
      lossSum: a.lossSum + b.lossSum, rightCount: right, entryCount: a.entryCount + b.entryCount)
  }
}
