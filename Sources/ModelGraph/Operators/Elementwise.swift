/// A function of every entry by itself.
package struct Activation: Operator {
  package static let name = "activation"

  package enum Function: String, Hashable, Sendable, CaseIterable {
    case relu
    case silu
    case tanh
    case sigmoid
    case exp
    /// Gaussian error linear unit, exact.
    case gelu
    /// Its approximation by a hyperbolic tangent (GPT-2's `gelu_new`, `gelu_pytorch_tanh`).
    case geluTanh = "gelu_tanh"
    /// `x · sigmoid(1.702 x)` (CLIP).
    case quickGelu = "quick_gelu"
    /// The exact one, cut to −10 … 10 (`gelu_10`).
    case gelu10 = "gelu_10"
    /// `x · tanh(ln(1 + eˣ))`.
    case mish
    /// `max(x, 0)²`.
    case relu2
    /// `min(max(x, 0), 6)`.
    case relu6
    /// `x`, or `x / 100` below zero.
    case leakyRelu = "leaky_relu"
    /// `x · min(max(x + 3, 0), 6) / 6`.
    case hardSwish = "hardswish"
    /// The share of a normal distribution below x, with mean √½ and deviation √(¼π).
    case laplace
    /// The entry as it is (`linear`).
    case identity
  }

  package let function: Function
  package init(_ function: Function) { self.function = function }

  package var isRecomputed: Bool { true }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 1...1)
    try expectFloatingPoint(operands[0], "the input")
    return [operands[0]]
  }
}

/// The sum of two or more values, entry by entry; axes of size 1 broadcast.
package struct Add: Operator {
  package static let name = "add"
  package init() {}

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try combined(operands)
  }
}

/// The product of two or more values, entry by entry; axes of size 1 broadcast.
package struct Multiply: Operator {
  package static let name = "multiply"
  package init() {}

  package var isRecomputed: Bool { true }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try combined(operands)
  }
}

extension Operator {
  fileprivate func combined(_ operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 2...16)
    var result = operands[0]
    for (number, operand) in operands.enumerated() {
      try expectFloatingPoint(operand, "value \(number + 1)")
      guard let shape = broadcast(result.shape, operand.shape) else {
        let others = number == 1 ? "value 1" : "what the values before make"
        throw ShapeError(
          name, .sizes(left: others, result.shape, right: "value \(number + 1)", operand.shape))
      }
      result.shape = shape
    }
    return [result]
  }
}

/// Every entry times a constant.
package struct Scale: Operator {
  package static let name = "scale"
  package let factor: Double
  package init(by factor: Double) { self.factor = factor }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 1...1)
    try expectFloatingPoint(operands[0], "the input")
    return [operands[0]]
  }
}

/// In training, zeroes entries with probability `rate` and divides the others by `1 − rate`.
package struct Dropout: Operator {
  package static let name = "dropout"
  package let rate: Double
  /// Its stream of random numbers in training; by its place in the graph where nil.
  package let stream: Int?

  package init(rate: Double, stream: Int? = nil) {
    self.rate = rate
    self.stream = stream
  }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 1...1)
    try expectFloatingPoint(operands[0], "the input")
    return [operands[0]]
  }
}

extension Dropout: DroppingOperator {
  package var dropoutRate: Double { rate }

  package func dropping(rate: Double, stream: Int?) -> Dropout {
    Dropout(rate: rate, stream: stream)
  }
}
