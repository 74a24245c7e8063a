public import PeftBasics

/// Why training cannot continue.
public enum TrainingError: Diagnosis, Hashable {
  case notFinite(loss: Double, gradientNorm: Double)
  case diverged(Divergence)
  case nothingCounted
  case noNumbers(String)
  case otherState(String)

  public var words: (problem: String, fix: String?) {
    switch self {
    case .notFinite(let loss, let norm):
      (
        loss.isFinite
          ? "the gradients are not finite (their norm is \(norm))"
          : "the loss is not finite (\(loss))",
        "lower the learning rate, or the tuner's alpha"
      )
    case .diverged(let divergence): divergence.words
    case .nothingCounted:
      ("no label of a step counts", "give longer sequences, or mask less from the loss")
    case .noNumbers(let name):
      ("the adapter has no weights for \(name)", "give it all of its tensors")
    case .otherState(let name):
      (
        "the state of the run does not fit: \(name)",
        "resume with the model and the tuner that the run began with"
      )
    }
  }
}
