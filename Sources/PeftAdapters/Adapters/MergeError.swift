import ModelGraph
public import PeftBasics

/// Adapters that cannot be merged.
public enum MergeError: Diagnosis, Hashable {
  case notFinite(String)
  case notInFiles(String)
  case cannotUntie(String)
  case otherLayers
  case doesNotRead(String, AnyDiagnosis)
  case differs(String, OutputDifference)
  case overflows(String)
  case cannotSet([String])

  public var words: (problem: String, fix: String?) {
    switch self {
    case .notInFiles(let name):
      (
        "the checkpoint has no tensor of its own for \(name.shown)",
        "give the checkpoint that the adapter was trained on"
      )
    case .cannotUntie(let name):
      (
        "\(name.shown) shares its weight, and this kind of model cannot be written without that",
        "use the adapter without merging it, or train one that leaves the module out"
      )
    case .doesNotRead(_, let cause):
      (
        "the merged checkpoint would not read as a model: \(cause.summary)",
        Self.instead
      )
    case .overflows:
      (
        "on random inputs the merged checkpoint would give inf or NaN where the adapted model gives numbers",
        "nothing was written: use the adapter without merging it, or on a base in 32 bits"
      )
    case .cannotSet(let names):
      (
        "no config.json can say what --set says about \(names.map(\.shown).joined(separator: ", "))",
        "leave it out, or use the adapter without merging it"
      )
    case .differs(_, let difference):
      (
        "on random inputs the merged checkpoint would differ from the adapted model by "
          + "\(difference.largest.scientific), where the largest output is "
          + difference.scale.scientific, Self.instead
      )
    case .otherLayers:
      (
        "an adapter with layer_replication makes a model of other layers",
        "use the adapter without merging it"
      )
    case .notFinite(let name):
      (
        "merging would make \(name.shown) inf or NaN",
        "check the adapter for inf and NaN, and for values far too large for the type of the weight"
      )
    }
  }

  private static let instead =
    "nothing was written: use the adapter without merging it, and report this"

  public var details: [String] {
    if case .doesNotRead(_, let cause) = self { cause.details } else { [] }
  }

  public var place: DiagnosisPlace? {
    switch self {
    case .doesNotRead(let path, _), .differs(let path, _), .overflows(let path):
      .file(path)
    case .notInFiles, .cannotUntie, .otherLayers, .notFinite, .cannotSet: nil
    }
  }
}
