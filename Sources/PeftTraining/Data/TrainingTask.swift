import PeftAdapters
import PeftReports

/// What a model is trained to do, as far as its batches depend on it.
public enum TrainingTask: Hashable, Sendable {
  /// Every token predicts the next one.
  case causalTokens
  /// Every place has a label: what a decoder answers.
  case tokens
  /// Every row has one class.
  case classes(count: Int)
  /// Every row says yes or no to each label.
  case multiLabel(count: Int)
  /// Every row has numbers.
  case regression(count: Int)
  /// Texts and images belong together in the order in which they stand.
  case contrastive

  /// A label that the loss passes over.
  static let ignoredLabel = -100

  /// How a message calls it.
  var name: String {
    switch self {
    case .causalTokens: "a causal language model"
    case .tokens: "a sequence-to-sequence model"
    case .classes: "a classification"
    case .multiLabel: "a multi-label classification"
    case .regression: "a regression"
    case .contrastive: "a contrastive loss"
    }
  }

  /// What the files hold that it can be trained on.
  var contents: [DataContent] {
    switch self {
    case .causalTokens: [.texts, .tokens, .tensors]
    case .tokens, .classes, .multiLabel, .regression: [.texts, .tensors]
    case .contrastive: [.tensors]
    }
  }

  /// How many entries of rows of token labels count for the mean.
  /// - Parameter width: The labels of a row. The first of a causal row predicts nothing.
  func countedEntries(of labels: [Int], width: Int) -> Int {
    var count = 0
    for (index, label) in labels.enumerated() where label != Self.ignoredLabel {
      if self != .causalTokens || !index.isMultiple(of: width) { count += 1 }
    }
    return count
  }
}
