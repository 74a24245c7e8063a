/// An operator that reads a module's weight, so that it computes with an updated one instead.
package protocol WeightReading: Operator {
  /// Which operand the weight is.
  var weightPosition: Int { get }
}

/// An operator whose second operand is a module's weight and whose third, if there, is its bias.
///
/// It is linear in its input, so that an update of the weight can be added to the weight or applied
/// beside it.
package protocol WeightedOperator: WeightReading {
  /// Whether there may be a bias.
  var takesBias: Bool { get }
}

extension WeightedOperator {
  package var weightPosition: Int { 1 }
  package var takesBias: Bool { false }
}
