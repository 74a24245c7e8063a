import PeftAdapters
import PeftReports
import TunerKit

/// A run whose loss or gradients became inf or NaN.
public struct Divergence: Hashable, Sendable {
  public let step: Int
  public let loss: Double
  public let gradientNorm: Double
  /// The step of the last state on the disk.
  public let savedStep: Int?
  public let statePath: String
  /// The tuner's scales, which are the likely cause: `alpha (640)`.
  public let alphas: [String]
  /// Whether gradients were clipped already.
  public let isClipped: Bool

  var words: (problem: String, fix: String) {
    let what =
      loss.isFinite ? "the gradients are not finite" : "the loss is not finite (\(loss))"
    let kept =
      savedStep.map { "the state of step \($0) is kept in \(statePath)" }
      ?? "nothing had been saved yet"
    let scales = alphas.isEmpty ? "the tuner's alpha" : alphas.joined(separator: ", ")
    // Before the first step, nothing has been trained: the inputs are at fault.
    let fix =
      step == 1
      ? "look for inf, NaN and values that are too large in model, adapter and data"
      : "lower the learning rate or \(scales)"
        + (isClipped ? "" : ", or clip gradients: clip_grad_norm")
    return ("step \(step): \(what); \(kept)", fix)
  }
}

extension TrainingRecipe {
  /// What scales the tuner's updates, as it is set.
  var alphas: [String] {
    guard case .tuner(let configuration) = start else { return [] }
    return configuration.scale.map { ["\($0.field) (\($0.value.configurationValue.short))"] } ?? []
  }
}
