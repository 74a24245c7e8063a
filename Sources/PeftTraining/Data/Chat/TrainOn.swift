public import TunerKit

/// What counts for the loss of a causal language model, where rows say who says what.
public enum TrainOn: String, Hashable, Sendable, ConfigurationChoice {
  /// What the assistant says, or what follows the prompt.
  case assistant
  /// All tokens.
  case all
}
