public import PeftBasics

/// Layers that cannot be replicated: of which model, why, and what to do about it.
public struct ReplicationError: Diagnosis, Hashable {
  public enum Reason: Hashable, Sendable {
    case noLayers
    case noRanges
    case emptyRange(Range<Int>)
    case outOfBounds(Range<Int>, layers: Int)
    case tooManyLayers(limit: Int)
    case tooLarge(limit: Int)
    case singleLayer(String)
    case notInOrder(list: String)
    case unlike(layer: String, first: String)
    case distantRead(layer: String, module: String)
    case readInside(module: String)
  }

  /// The name of the graph.
  public let model: String
  public let reason: Reason

  package init(model: String, _ reason: Reason) {
    self.model = model
    self.reason = reason
  }

  public var words: (problem: String, fix: String?) {
    ("\(model): \(reason.words.problem)", reason.words.fix)
  }
}

extension ReplicationError.Reason {
  fileprivate var words: (problem: String, fix: String) {
    let others = "replicate layers only where all are alike and follow each other"
    return switch self {
    case .noLayers:
      (
        "the model has no list of layers that could be replicated",
        "choose a model with layers in 'layers', 'encoder.layer' or 'h' at its root, or there in "
          + "'model' or 'bert'"
      )
    case .noRanges: ("no layers are chosen", "give at least one range of layers, such as [0, 2]")
    case .emptyRange(let range):
      ("the range \(range.asList) has no layers", "let a range end after its start")
    case .outOfBounds(let range, let layers):
      (
        "the range \(range.asList) goes beyond the model's \(layers) layers",
        "choose ranges from 0 to \(layers); the end is not in the range"
      )
    case .tooManyLayers(let limit):
      ("the ranges have more than \(limit) layers", "choose fewer or shorter ranges")
    case .tooLarge(let limit):
      (
        "the replicated layers have more than \(limit) operations and modules",
        "choose fewer or shorter ranges"
      )
    case .singleLayer(let layer):
      (
        "\(layer) is the only layer, so that nothing shows how layers are chained",
        "replicate layers of a model that has at least two"
      )
    case .notInOrder(let list):
      ("the layers in \(list) are not computed one after the other", others)
    case .unlike(let layer, let first): ("\(layer) and \(first) are not alike", others)
    case .distantRead(let layer, let module):
      ("\(layer) reads what is computed in \(module), which is not the layer before it", others)
    case .readInside(let module):
      (
        "what is computed in \(module) is read after the layers, but it is not the last one",
        others
      )
    }
  }
}

extension Range<Int> {
  /// The range as configurations write it.
  fileprivate var asList: String { "[\(lowerBound), \(upperBound)]" }
}
