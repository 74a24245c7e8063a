import ModelGraph
import PeftBasics

/// Adapters that cannot be merged.
public enum MergeError: Error, Hashable, Sendable, CustomStringConvertible {
  case notFinite(String)
  case notInFiles(String)
  case cannotUntie(String)
  case otherLayers
  case doesNotRead(String, String)
  case differs(String, OutputDifference)

  public var description: String {
    switch self {
    case .notInFiles(let name):
      "error: the checkpoint has no tensor of its own for \(name.shown)\n"
        + "  fix: give the checkpoint that the adapter was trained on"
    case .cannotUntie(let name):
      "error: \(name.shown) shares its weight, and this kind of model cannot be written without that\n"
        + "  fix: use the adapter without merging it, or train one that leaves the module out"
    case .doesNotRead(let path, let reason):
      "\(path): error: what was written does not read as a model: \(reason)\n"
        + "  fix: check the disk, and merge again"
    case .differs(let path, let difference):
      "\(path): error: on random inputs what was written differs from the adapted model by "
        + "\(difference.largest.scientific), where the largest output is \(difference.scale.scientific)\n"
        + "  fix: do not use it; give the checkpoint that the adapter was trained on, and report this"
    case .otherLayers:
      "error: an adapter with layer_replication makes a model of other layers\n"
        + "  fix: use the adapter without merging it"
    case .notFinite(let name):
      "error: merging would make \(name.shown) infinite or no number\n"
        + "  fix: check the adapter for values that are not finite, or far too large for the type of "
        + "the weight"
    }
  }
}
