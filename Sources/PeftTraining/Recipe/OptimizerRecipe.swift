public import OrderedCollections
public import TunerKit

/// A recipe's optimizer: the method, its learning rate and weight decay, and what is different for some
/// parameters.
public struct OptimizerRecipe: Sendable {
  public var method: any OptimizerMethod
  public var learningRate: Double
  public var weightDecay: Double
  /// Whether weight decay applies to biases and the weights of norms, too, as in PyTorch.
  public var decaysBiasesAndNorms = true
  /// LoRA+: how many times larger the learning rate of output factors is, such as LoRA's `B`.
  /// - SeeAlso: Hayou et al., "LoRA+: Efficient Low Rank Adaptation of Large Models", 2024,
  ///   arXiv:2402.12354.
  public var loraPlusRatio: Double?
  /// Factors of the learning rate, by a part of a parameter's name. All that fit are multiplied.
  public var learningRateFactors: OrderedDictionary<String, Double> = [:]

  /// - Parameters:
  ///   - learningRate: The method's default where nil.
  ///   - weightDecay: The method's default where nil.
  public init(
    _ method: any OptimizerMethod = AdamW(), learningRate: Double? = nil,
    weightDecay: Double? = nil
  ) {
    self.method = method
    self.learningRate = learningRate ?? type(of: method).defaultLearningRate
    self.weightDecay = weightDecay ?? type(of: method).defaultWeightDecay
  }

  /// What a parameter's learning rate is multiplied by.
  /// - Parameter role: What the tuner says it is to its update.
  public func learningRateFactor(
    of name: String, role: UpdateTensor.Role = .ordinary
  ) -> Double {
    var factor = role == .outputFactor ? loraPlusRatio ?? 1 : 1
    for (part, value) in learningRateFactors where name.contains(part) { factor *= value }
    return factor
  }

  /// A trained tensor as the optimizer has to see it.
  public func parameter(
    _ name: String, shape: [Int], isBiasOrNorm: Bool, role: UpdateTensor.Role = .ordinary
  ) -> OptimizedParameter {
    OptimizedParameter(
      name: name, shape: shape, learningRateFactor: learningRateFactor(of: name, role: role),
      weightDecay: decaysBiasesAndNorms || !isBiasOrNorm ? weightDecay : 0)
  }
}

extension OptimizerRecipe: Hashable {
  // A recipe is what its fields say.
  public static func == (a: Self, b: Self) -> Bool { a.written == b.written }
  public func hash(into hasher: inout Hasher) { hasher.combine(written) }
}
