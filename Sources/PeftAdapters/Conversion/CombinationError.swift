public import LoRA
public import PeftBasics

/// Adapters that cannot be combined in the way that was asked for.
public enum CombinationError: Diagnosis, Hashable {
  case noAdapters
  case weightCount(adapters: Int, weights: Int)
  case badWeight(Double, adapter: String)
  case repeated(String)
  case noRank(adapter: String, tuner: String)
  case badRank(Int)
  case ranksDiffer(site: String, ranks: [Int], AdapterCombination)
  case noFactors(adapter: String, tuner: String, AdapterCombination)
  case movedInitialization(adapter: String, LoraInitialization, AdapterCombination)
  case hasBias(adapter: String, AdapterCombination)
  case noDensity(AdapterCombination)
  case badDensity(Double)
  case unused(argument: String, AdapterCombination)
  case savedTwice(String, adapters: [String])

  public var words: (problem: String, fix: String?) {
    switch self {
    case .noAdapters: ("no adapters are named", "name at least one")
    case .weightCount(let adapters, let weights):
      ("there are \(weights) weights for \(adapters) adapters", "give one weight for each adapter")
    case .badWeight(let weight, let adapter):
      ("the weight of '\(adapter)' is \(weight)", "give a finite number")
    case .repeated(let adapter):
      ("'\(adapter)' is named twice", "name it once, with the sum of its weights")
    case .noRank(let adapter, let tuner):
      ("the updates of '\(adapter)' (\(tuner)) have no rank of their own", "give svdRank")
    case .badRank(let rank): ("svdRank is \(rank)", "give a rank from 1 on")
    case .ranksDiffer(let site, let ranks, let kind):
      (
        "\(kind.rawValue) needs equal ranks, but at \(site.shown) they are "
          + ranks.map(\.description).joined(separator: ", "),
        "choose cat, or svd"
      )
    case .noFactors(let adapter, let tuner, let kind):
      (
        "\(kind.rawValue) works on LoRA's factors, and the updates of '\(adapter)' (\(tuner)) are no "
          + "product of two", kind.fix(also: nil)
      )
    case .movedInitialization(let adapter, let start, let kind):
      (
        "\(kind.rawValue) works on LoRA's factors, and '\(adapter)' has taken those it started from "
          + "(\(start.configurationValue)) out of the weights", kind.fix(also: .cat)
      )
    case .hasBias(let adapter, let kind):
      (
        "\(kind.rawValue) works on LoRA's factors, and '\(adapter)' has lora_bias, which is none",
        kind.fix(also: .cat)
      )
    case .noDensity(let kind):
      (
        "\(kind.rawValue) keeps a share of the entries, and no density is given",
        "give a density, such as 0.5"
      )
    case .badDensity(let density):
      ("density is \(density)", "give a number above 0; from 1 on all entries are kept")
    case .unused(let argument, let kind):
      (
        "\(argument) means nothing to \(kind.rawValue)",
        "leave it out, or choose another combination"
      )
    case .savedTwice(let name, let adapters):
      (
        "\(name.shown) is trained in full by \(adapters.map { "'\($0)'" }.joined(separator: " and "))",
        "combine adapters of which one at most trains it: such copies have no sum"
      )
    }
  }
}

extension AdapterCombination {
  /// What can be had instead.
  fileprivate func fix(also other: AdapterCombination?) -> String {
    let ofUpdates: AdapterCombination =
      switch self {
      case .ties: .tiesSVD
      case .dareLinear: .dareLinearSVD
      case .dareTies: .dareTiesSVD
      case .magnitudePrune: .magnitudePruneSVD
      default: .svd
      }
    return "choose "
      + [other, ofUpdates].compactMap { $0?.rawValue }.joined(separator: " or ")
  }
}
