public import CPUCore
public import OrderedCollections
import PeftAdapters

/// How a recipe moves parameters: the method, and what is different for some of them.
public struct OptimizerRecipe: Hashable, Sendable {
  public var method: OptimizerSettings.Method
  public var learningRate: Double
  public var weightDecay: Double
  /// Whether weight decay concerns biases and the weights of norms, too, as in PyTorch.
  public var decaysBiasesAndNorms = true
  /// LoRA+: how many times larger the learning rate of `lora_B` is.
  /// - SeeAlso: Hayou et al., "LoRA+: Efficient Low Rank Adaptation of Large Models", 2024,
  ///   arXiv:2402.12354.
  public var loraPlusRatio: Double?
  /// Factors of the learning rate, by a part of a parameter's name. All that fit are multiplied.
  public var learningRateFactors: OrderedDictionary<String, Double> = [:]

  /// - Parameters:
  ///   - learningRate: 1e-3 where nil, as in PyTorch; 1e-4 for Lion.
  ///   - weightDecay: 0.01 for AdamW where nil, as in PyTorch; 0 for all others.
  public init(
    _ method: OptimizerSettings.Method = .adamW(), learningRate: Double? = nil,
    weightDecay: Double? = nil
  ) {
    self.method = method
    let usual = if case .lion = method { 1e-4 } else { 1e-3 }
    self.learningRate = learningRate ?? usual
    let usualDecay = if case .adamW = method { 0.01 } else { 0.0 }
    self.weightDecay = weightDecay ?? usualDecay
  }

  public var settings: OptimizerSettings {
    OptimizerSettings(method, learningRate: learningRate, weightDecay: weightDecay)
  }

  /// What a parameter's learning rate is multiplied by.
  public func learningRateFactor(of name: String) -> Double {
    var factor = name.contains("lora_B") ? loraPlusRatio ?? 1 : 1
    for (part, value) in learningRateFactors where name.contains(part) { factor *= value }
    return factor
  }

  /// A trained tensor as the optimizer has to see it.
  public func parameter(
    _ name: String, count: Int, isBiasOrNorm: Bool
  ) -> OptimizedParameter {
    OptimizedParameter(
      name: name, count: count, learningRateFactor: learningRateFactor(of: name),
      decays: decaysBiasesAndNorms || !isBiasOrNorm)
  }
}
