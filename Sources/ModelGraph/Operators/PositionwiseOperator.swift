/// An operator that computes each position of its result `[batch, sequence, width]` from the same position of
/// some of its operands, and from others that have no positions or are read as a whole.
package protocol PositionwiseOperator: Operator {
  /// The operands that it reads position by position; nil where it computes otherwise.
  /// - Parameter operands: Types of the operands, which fit the operator.
  func positionwiseOperands(of operands: [ValueType]) -> [Int]?
}

/// A function of one value's positions, with weights that have none.
extension PositionwiseOperator {
  package func positionwiseOperands(of operands: [ValueType]) -> [Int]? {
    operands[0].shape.rank == 3 ? [0] : nil
  }
}

extension Activation: PositionwiseOperator {}
extension Scale: PositionwiseOperator {}
extension Dropout: PositionwiseOperator {}
extension LayerNorm: PositionwiseOperator {}
extension RMSNorm: PositionwiseOperator {}
extension UnitLength: PositionwiseOperator {}
extension Softmax: PositionwiseOperator {}
extension Linear: PositionwiseOperator {}

extension Add: PositionwiseOperator {
  package func positionwiseOperands(of operands: [ValueType]) -> [Int]? {
    operands.positionwiseEntries
  }
}

extension Multiply: PositionwiseOperator {
  package func positionwiseOperands(of operands: [ValueType]) -> [Int]? {
    operands.positionwiseEntries
  }
}

extension TanhGELUGate: PositionwiseOperator {
  package func positionwiseOperands(of operands: [ValueType]) -> [Int]? {
    operands.positionwiseEntries
  }
}

/// A stack of rows times one matrix.
extension MatrixProduct: PositionwiseOperator {
  package func positionwiseOperands(of operands: [ValueType]) -> [Int]? {
    !transposesFirst && operands[0].shape.rank == 3 && operands[1].shape.rank == 2 ? [0] : nil
  }
}

/// A query reads all keys and values, unless what it reads depends on its place.
extension Attention: PositionwiseOperator {
  package func positionwiseOperands(of operands: [ValueType]) -> [Int]? {
    isCausal || window != nil || hasBias ? nil : [0]
  }
}

extension [ValueType] {
  /// Of values that are combined entry by entry, those with an axis of positions; nil where it broadcasts.
  fileprivate var positionwiseEntries: [Int]? {
    let shapes = map(\.shape.dimensions)
    guard let whole = shapes.first(where: { $0.count == 3 })?.prefix(2) else { return nil }
    let isPositionwise = shapes.map { $0.count == 3 && $0.prefix(2) == whole }
    let fits = zip(shapes, isPositionwise).allSatisfy { shape, isPositionwise in
      isPositionwise || shape.count < 2 || shape.count < 4 && shape[shape.count - 2] == 1
    }
    return fits ? indices.filter { isPositionwise[$0] } : nil
  }
}
