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
    case .gelu10: min(10, max(-10, Activation.Function.gelu.exact(x)))
    case .mish:
      // tanh(ln(1 + eˣ)) without cancelling.
      x > 40
        ? x
        : x * (Mathematics.exponential(x) * (Mathematics.exponential(x) + 2))
          / (Mathematics.exponential(x) * (Mathematics.exponential(x) + 2) + 2)
    case .relu2: x < 0 ? 0 : x * x
    case .relu6: min(6, max(0, x))
    case .leakyRelu: x < 0 ? Double(Float(0.01)) * x : x
    case .hardSwish: x * min(6, max(0, x + 3)) / 6
    case .laplace:
      0.5 * Mathematics.errorComplement(-(x - 0.707107) / (0.282095 * 2.0.squareRoot()))
    case .identity: x
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
