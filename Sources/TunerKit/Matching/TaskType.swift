/// The task of an adapted model, under PEFT's names; some tasks train a head of their own.
public enum TaskType: String, Hashable, Sendable, CaseIterable, Codable {
  case sequenceClassification = "SEQ_CLS"
  case sequenceToSequence = "SEQ_2_SEQ_LM"
  case causalLanguageModel = "CAUSAL_LM"
  case tokenClassification = "TOKEN_CLS"
  case questionAnswering = "QUESTION_ANS"
  case featureExtraction = "FEATURE_EXTRACTION"

  /// Modules that the task trains in full and that no tuner may touch.
  var headsSavedBeforeMatching: [String] {
    self == .sequenceClassification ? ["classifier", "score"] : []
  }

  /// Modules that the task trains in full, but that PEFT adds only once the tuner has been applied:
  /// a head that the tuner adapted before is then an error.
  var headsSavedAfterMatching: [String] {
    switch self {
    case .tokenClassification: ["classifier", "score"]
    case .questionAnswering: ["qa_outputs"]
    default: []
    }
  }
}
