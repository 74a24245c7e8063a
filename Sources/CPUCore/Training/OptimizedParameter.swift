/// One trained tensor as the optimizer sees it.
public struct OptimizedParameter: Hashable, Sendable {
  public let name: String
  /// How many numbers it has.
  public let count: Int
  /// What its learning rate is, relative to the others: LoRA+ gives `B` a larger one.
  public var learningRateFactor: Double
  /// Whether weight decay concerns it.
  public var decays: Bool

  public init(name: String, count: Int, learningRateFactor: Double = 1, decays: Bool = true) {
    self.name = name
    self.count = count
    self.learningRateFactor = learningRateFactor
    self.decays = decays
  }
}
