import ModelGraph

extension Activation: ReferenceOperator {
  static var samples: [OperatorSample] {
    Function.allCases.map {
      OperatorSample(Activation($0), .reals([4, 33], from: -6, to: 6))
    }
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    [operands[0].map(function.exact)]
  }
}

extension Activation.Function {
  func exact(_ x: Double) -> Double {
    switch self {
    case .relu: x < 0 ? 0 : x
    case .silu: x / (1 + Mathematics.exponential(-x))
    case .tanh: Mathematics.hyperbolicTangent(x)
    case .sigmoid: 1 / (1 + Mathematics.exponential(-x))
    case .exp: Mathematics.exponential(x)
    case .gelu: 0.5 * x * Mathematics.errorComplement(-x / 2.0.squareRoot())
    case .geluTanh:
      // 1 + tanh u as 2 / (1 + e^−2u), which does not cancel.
      x
        / (1
          + Mathematics.exponential(-2 * (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    case .quickGelu: x / (1 + Mathematics.exponential(-1.702 * x))
    }
  }
}

/// Operands of one shape, and others whose axes stretch.
private let stretchedShapes: [[OperatorSample.Operand]] = [
  [.reals(2, 3), .reals(2, 3)], [.reals(2, 3, 4), .reals(4), .reals(3, 1)],
  [.reals(1, 3, 1), .reals(2, 1, 5)], [.reals(1), .reals(3)], [.reals(), .reals(2, 3)],
]

extension Add: ReferenceOperator {
  static var samples: [OperatorSample] { stretchedShapes.map { OperatorSample(Add(), $0) } }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    [Reals(shapes[0]) { index in operands.reduce(0) { $0 + $1[index] } }]
  }
}

extension Multiply: ReferenceOperator {
  static var samples: [OperatorSample] { stretchedShapes.map { OperatorSample(Multiply(), $0) } }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    [Reals(shapes[0]) { index in operands.reduce(1) { $0 * $1[index] } }]
  }
}

extension Scale: ReferenceOperator {
  static var samples: [OperatorSample] { [OperatorSample(Scale(by: -1.5), .reals(3, 5))] }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    [operands[0].map { factor * $0 }]
  }
}

extension Dropout: ReferenceOperator {
  static var samples: [OperatorSample] { [OperatorSample(Dropout(rate: 0.5), .reals(3, 5))] }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] { [operands[0]] }
}
