public import ModelGraph
import PeftBasics

/// What a selection of targets means in one model: every module with what was decided about it.
public struct MatchReport: Hashable, Sendable {
  /// Why a module is not adapted: the test that decided.
  public enum Reason: Hashable, Sendable {
    /// An entry of `exclude_modules` names it.
    case excludedByName(entry: String)
    /// `exclude_modules` is a regular expression that covers it.
    case excludedByPattern
    /// It is, or is inside, a module that is trained in full.
    case insideSavedModule(entry: String)
    /// No entry of the target list names it.
    case noEntry
    case patternDoesNotMatch
    /// An entry names it, but its layer is not among those chosen.
    case wrongLayer(Int)
    /// An entry names it, but layers are chosen and its path holds no layer's number.
    case noLayerNumber
    /// `all-linear` leaves it alone, since it computes the logits (the output embedding).
    case isOutputEmbedding
    /// `all-linear` leaves it alone, since it is the classification head of a SEQ_CLS task.
    case isClassificationHead
    /// `all-linear` takes only fully connected layers.
    case isNotLinear
  }

  public struct Decided: Hashable, Sendable {
    public let module: Graph.Module
    public let reason: Reason
  }

  /// The modules to adapt, in the model's order.
  package let matched: [Graph.Module]
  /// What `exclude_modules` and `modules_to_save` took out, whether or not it was targeted.
  public let excluded: [Decided]
  public let unmatched: [Decided]
  /// How much every entry of `target_modules` hits.
  public let entries: [EntryHits]
  /// The targets as a saved configuration holds them: a pattern, or names, sorted.
  public let resolvedTargets: TargetSelection.Targets
  /// The modules to train in full.
  public let saved: SavedModules
  public let warnings: [TargetWarning]
}

/// How many modules one entry of a configuration hits.
public struct EntryHits: Hashable, Sendable {
  public let entry: String
  public let count: Int
  /// What was probably meant, where it hits nothing and there is something to say.
  public let suggestion: TargetHint?

  public init(entry: String, count: Int, suggestion: TargetHint? = nil) {
    self.entry = entry
    self.count = count
    self.suggestion = suggestion
  }
}

extension MatchReport.Reason: CustomStringConvertible {
  public var description: String {
    switch self {
    case .excludedByName(let entry): "excluded by \(entry.doubleQuoted) in exclude_modules"
    case .excludedByPattern: "excluded by the pattern in exclude_modules"
    case .insideSavedModule(let entry):
      "trained in full, by \(entry.doubleQuoted) in modules_to_save"
    case .noEntry: "no entry of target_modules names it"
    case .patternDoesNotMatch: "target_modules does not match all of its path"
    case .wrongLayer(let layer): "in layer \(layer), which layers_to_transform does not choose"
    case .noLayerNumber: "outside the layers among which layers_to_transform chooses"
    case .isOutputEmbedding: "the output embedding, which all-linear leaves alone"
    case .isClassificationHead: "the classification head, which all-linear leaves alone"
    case .isNotLinear: "not a fully connected layer"
    }
  }
}
