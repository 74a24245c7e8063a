import ModelGraph

/// An operator together with operands that fit it.
struct OperatorSample: Sendable, CustomStringConvertible {
  /// What a sample's operand is filled with.
  enum Operand: Sendable {
    /// Random real numbers.
    case reals([Int], from: Double = -1, to: Double = 1)
    case indices([Int], below: Int)
    case mask([Int])
    /// These indices.
    case given([Double], [Int])

    static func reals(_ sizes: Int...) -> Operand { .reals(sizes) }
    static func mask(_ sizes: Int...) -> Operand { .mask(sizes) }
    static let scale = reals([], from: 0.1, to: 0.2)

    fileprivate var shape: [Int] {
      switch self {
      case .reals(let shape, _, _), .indices(let shape, _), .mask(let shape), .given(_, let shape):
        shape
      }
    }
  }

  let operation: any ReferenceOperator
  let operands: [Operand]

  init(_ operation: any ReferenceOperator, _ operands: Operand...) {
    self.init(operation, operands)
  }

  init(_ operation: any ReferenceOperator, _ operands: [Operand]) {
    self.operation = operation
    self.operands = operands
  }

  var description: String { "\(operation) of \(operands.map(\.shape))" }

  /// A graph of this use alone, with numbers for its operands.
  func example() throws -> Example {
    var example = Example(seed: operands.count)
    let values = operands.map { operand in
      switch operand {
      case .reals(let shape, let low, let high): example.input(shape, from: low, to: high)
      case .indices(let shape, let end): example.tokens(shape, below: end)
      case .mask(let shape): example.mask(shape)
      case .given(let numbers, let shape): example.input(Reals(numbers, shape: shape), .index)
      }
    }
    for value in try example.graph.apply(any: operation, to: values) { example.output(value) }
    return example
  }
}
