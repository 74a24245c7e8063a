package import OrderedCollections
public import PeftBasics
package import TunerKit

extension TunerConfiguration {
  /// The field that holds the rank, with its value; empty for a tuner without one.
  package var rankValues: OrderedDictionary<String, ConfigurationValue> {
    guard let field = rankField, let rank else { return [:] }
    return [field: .integer(rank)]
  }
}

/// A rank asked of a tuner that has none.
public struct RankMissing: Diagnosis, Hashable {
  /// The tuner's name, in lower case.
  public let tuner: String

  public var words: (problem: String, fix: String?) {
    ("\(tuner) has no rank that could be searched for", "take it as it is, without a budget")
  }
}

extension OrderedDictionary {
  var dictionary: [Key: Value] { Dictionary(uniqueKeysWithValues: map { ($0.key, $0.value) }) }
}
