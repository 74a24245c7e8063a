import ModelGraph

extension Activation: ReferenceOperator {
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

extension Add: ReferenceOperator {
  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    [Reals(shapes[0]) { index in operands.reduce(0) { $0 + $1[index] } }]
  }
}

extension Multiply: ReferenceOperator {
  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    [Reals(shapes[0]) { index in operands.reduce(1) { $0 * $1[index] } }]
  }
}

extension Scale: ReferenceOperator {
  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    [operands[0].map { factor * $0 }]
  }
}

extension Dropout: ReferenceOperator {
  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] { [operands[0]] }
}
