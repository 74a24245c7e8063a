package import OrderedCollections
package import TunerKit

extension TunerConfiguration {
  /// The field that holds the rank, usually `r`, with its value, found by looking which one changes.
  package var rankValues: OrderedDictionary<String, ConfigurationValue> {
    var other = self
    other.rank = rank == 1 ? 2 : 1
    let otherValues = other.values
    return values.filter { otherValues[$0.key] != $0.value }
  }

  /// The same configuration at another rank.
  package func ranked(_ rank: Int) -> Self {
    var other = self
    other.rank = rank
    return other
  }
}

extension OrderedDictionary {
  var dictionary: [Key: Value] { Dictionary(uniqueKeysWithValues: map { ($0.key, $0.value) }) }
}
