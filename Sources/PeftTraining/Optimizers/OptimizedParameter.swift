/// One trained tensor as the optimizer sees it.
public struct OptimizedParameter: Hashable, Sendable {
  public let name: String
  public let shape: [Int]
  /// What its learning rate is, relative to the others.
  public var learningRateFactor: Double
  public var weightDecay: Double

  /// The number of entries.
  public var count: Int { shape.reduce(1, *) }

  public init(
    name: String, shape: [Int], learningRateFactor: Double = 1, weightDecay: Double = 0
  ) {
    self.name = name
    self.shape = shape
    self.learningRateFactor = learningRateFactor
    self.weightDecay = weightDecay
  }
}
