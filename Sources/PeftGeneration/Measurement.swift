import PeftPlatform

/// How well a model does on data, as sums that add up over batches.
public struct Measurement: Hashable, Sendable {
  /// The sum of the losses of all counted entries.
  public var lossSum: Double
  /// How many of them were right; nil where a loss knows no right and wrong.
  public var rightCount: Double?
  public var entryCount: Int
  /// Bytes of the text whose tokens were counted; nil where that is not known, or it is no text.
  public var byteCount: Int?

  public init(
    lossSum: Double, rightCount: Double? = nil, entryCount: Int, byteCount: Int? = nil
  ) {
    self.lossSum = lossSum
    self.rightCount = rightCount
    self.entryCount = entryCount
    self.byteCount = byteCount
  }

  public var loss: Double { lossSum / Double(entryCount) }
  /// The share that was right.
  public var accuracy: Double? { rightCount.map { $0 / Double(entryCount) } }
  /// `e` to the loss: how many tokens the model hesitates between.
  public var perplexity: Double { exp(loss) }
  /// The loss of a text in bits for each of its bytes, which does not depend on how it is cut into tokens.
  public var bitsPerByte: Double? { byteCount.map { lossSum / log(2) / Double($0) } }

  public static func + (a: Measurement, b: Measurement) -> Measurement {
    let right = a.rightCount.flatMap { a in b.rightCount.map { a + $0 } }
    let bytes = a.byteCount.flatMap { a in b.byteCount.map { a + $0 } }
    return Measurement(
      lossSum: a.lossSum + b.lossSum, rightCount: right, entryCount: a.entryCount + b.entryCount,
      byteCount: bytes)
  }
}
