/// One kind of computation, with its attributes. It knows shapes; it holds no data.
///
/// A backend adds the kernel by extension; printing reads the stored properties. What else the library
/// must know of an operator it states itself, here or by taking a role such as `WeightedOperator`; the
/// defaults are right for every operator.
package protocol Operator: Hashable, Sendable {
  /// The name in descriptions and printed graphs, such as `layer_norm`.
  static var name: String { get }

  /// The types of the results for operands of the given types.
  /// - Parameter operands: The inputs first, then the weights, in the order the operator documents.
  /// - Throws: `ShapeError` where the operands do not fit together.
  func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType]

  /// Whether the backward pass recomputes the results instead of keeping them: for what costs little
  /// beside the products around it.
  var isRecomputed: Bool { get }

  /// Its settings as text, for printing.
  var attributes: [(name: String, value: String)] { get }

  /// The operands that it multiplies matrices of, by position: in a lower precision these are rounded. What it
  /// makes of them are sums in 32 bits.
  var multipliedOperands: [Int] { get }
}

extension Operator {
  package var isRecomputed: Bool { false }
  package var multipliedOperands: [Int] { [] }

  /// The name of this operator's kind.
  package var name: String { Self.name }

  /// The stored properties as text, for printing.
  package var attributes: [(name: String, value: String)] {
    Mirror(reflecting: self).children.compactMap { child in
      guard let label = child.label else { return nil }
      let value = Mirror(reflecting: child.value)
      if value.displayStyle == .optional {
        return value.children.first.map { (label, text(of: $0.value)) }
      }
      return (label, text(of: child.value))
    }
  }

  /// A word of a fixed set as descriptions write it: `gelu_tanh`, not `geluTanh`.
  private func text(of value: Any) -> String {
    (value as? any RawRepresentable).flatMap { $0.rawValue as? String } ?? "\(value)"
  }
}
