public import ModelGraph
public import PeftBasics
public import PeftTensors

/// Bases of an adapter's file that cannot be taken out, or put back.
public struct AdapterBasisError: Diagnosis, Hashable {
  /// Where a basis is not what its key gives.
  public struct Difference: Hashable, Sendable {
    /// How many entries have other bits, of how many.
    public let count: Int
    public let entries: Int
    /// The place of the first of them.
    public let place: [Int]
    public let found: Float
    public let expected: Float
    /// The torch whose bases come nearest.
    public let generation: TorchGeneration?
  }

  public enum Reason: Hashable, Sendable {
    case copiesDiffer(String, String)
    case missing(String, beside: String)
    case notReal(String, NumberType)
    case fitNoModule([String: [Int]])
    case notFromKey(String, key: Int, Difference)
    case otherThanRecorded(String, key: Int)
    case otherTorch(recorded: TorchGeneration)
    case unknownTorch([String])
    case unknownShapes([String])
    case tooLarge(String, [Int])
    case noNameForModel
    case isCheckpoint(String)
  }

  public let reason: Reason
  public let path: String

  init(_ reason: Reason, path: String) {
    self.reason = reason
    self.path = path
  }

  public var place: DiagnosisPlace? { .file(path) }

  public var words: (problem: String, fix: String?) {
    switch reason {
    case .copiesDiffer(let first, let second):
      (
        "\(first.shown) and \(second.shown) should be the same, and are not",
        "the file is damaged, or put together from two: use the one that was saved"
      )
    case .missing(let name, let other):
      (
        "the file has \(other.shown) but not \(name.shown)",
        "restore the adapter first, or use the file that was saved"
      )
    case .notReal(let name, let type):
      ("\(name.shown) is made of \(type.rawValue)", "use the file that was saved")
    case .fitNoModule(let shapes):
      (
        shapes.sorted { $0.key < $1.key }.map { "\($0.key.shown) \($0.value)" }
          .joined(separator: " and ") + " are the bases of no module with these settings",
        "give the adapter the configuration it was saved with"
      )
    case .notFromKey(let name, let key, let difference):
      (
        "\(name.shown) is not what key \(key) gives: \(difference.words)",
        difference.count * 2 > difference.entries
          ? "keep the adapter as it is, or give it the configuration it was saved with"
          : "keep the adapter as it is, or use an unchanged copy of it"
      )
    case .otherThanRecorded(let name, let key):
      (
        "\(name.shown) drawn from key \(key) is not what the file's metadata say it was",
        "give the adapter the configuration it was saved with"
      )
    case .otherTorch(let recorded):
      (
        "the bases were drawn as torch \(recorded.torchReleases.these) does, and otherwise the numbers "
          + "would be wrong", "leave the choice of torch out"
      )
    case .unknownTorch(let names):
      (
        "the file does not say which torch drew \(names.joined(separator: " and "))",
        "say whether it was torch from 2.12 on (newer) or up to 2.11 (older): the adapter was trained "
          + "with it"
      )
    case .unknownShapes(let names):
      (
        "the file does not say which shapes \(names.joined(separator: " and ")) had",
        "give the adapter's base model: a description is enough"
      )
    case .tooLarge(let name, let shape):
      ("\(name.shown) would have the shape \(shape)", "use an unchanged copy of the adapter")
    case .noNameForModel:
      (
        "the file's names lack 'base_model.': there is none for bases of the whole model",
        "write the bases with every module (per-module)"
      )
    case .isCheckpoint(let name):
      ("a model is there, not an adapter: it has \(name)", "choose another folder")
    }
  }
}

extension AdapterBasisError.Difference {
  fileprivate var words: String {
    let verb = count == 1 ? "differs" : "differ"
    let by = generation.map { " as torch \($0.torchReleases.these) draws" } ?? ""
    return "\(count.grouped) of \(entries.grouped) entries \(verb)\(by), the first at \(place): "
      + "\(found) instead of \(expected)"
  }
}
