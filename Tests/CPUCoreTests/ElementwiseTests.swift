import ModelGraph
import Testing

@testable import CPUCore

@Suite("Operators entry by entry") struct ElementwiseTests {
  /// The last one is shared out to several tasks.
  static let shapes = [
    [], [1], [17], [3, 1], [2, 3, 5], [65, 33], [257, 100], [2, 5, 7, 31], [1, 20_000],
  ]

  @Test(
    "An activation is its function of every entry",
    arguments: Activation.Function.allCases, shapes)
  func activation(function: Activation.Function, shape: [Int]) throws {
    var example = Example(seed: shape.count)
    // A share's scale is one, however small it is where there is a single entry.
    let x = example.input(shape, from: function == .laplace ? -1 : -6, to: 6)
    example.output(try example.apply(Activation(function), x))
    try example.check(tolerance: 0x1p-20)
  }

  @Test("A scale multiplies every entry, dropout changes none", arguments: shapes)
  func scale(shape: [Int]) throws {
    var example = Example(seed: shape.count)
    let x = example.input(shape)
    let scaled = try example.apply(Scale(by: -3.25), x)
    example.output(scaled, try example.apply(Dropout(rate: 0.5), scaled))
    try example.check(tolerance: 0x1p-24)
  }

  @Test(
    "Sums and products stretch axes of size 1, on either side",
    arguments: [
      [[3], [3]], [[], [5]], [[5], []], [[], []], [[1], [7]], [[5, 7], [7]], [[7], [5, 7]],
      [[5, 1], [5, 7]], [[5, 7], [5, 1]], [[5, 1], [1, 7]], [[1, 7], [5, 1]], [[1, 1], [5, 7]],
      [[2, 1, 5], [3, 1]], [[2, 3, 5], [1, 3, 1]], [[3, 1, 2], [2, 3, 5, 1]], [[300, 65], [65]],
      [[17, 1, 1], [1, 33, 1], [1, 1, 64]], [[5, 7], [7], [5, 1], [], [1, 7]],
      [[1, 1], [7], [5, 1]], [[], [], [2, 3]], [[7], [5, 7], [5, 7], [5, 7]],
      [[5, 1], [1, 1], [5, 1]], [[2, 3, 1], [3, 17], [2, 1, 1], [1]],
    ])
  func stretching(shapes: [[Int]]) throws {
    var example = Example(seed: shapes.count)
    let values = shapes.map { example.input($0) }
    example.output(try example.graph.apply(Add(), to: values)[0])
    example.output(try example.graph.apply(Multiply(), to: values)[0])
    try example.checkSums()
  }

  @Test("Operands may be parts of wider rows, or of 16 bits", arguments: ElementType.floats)
  func parts(element: ElementType) throws {
    var example = Example(seed: 4)
    let wide = try example.parameter([3, 5, 12], element)
    let parts = try example.graph.apply(Split(sizes: [1, 5, 6]), to: [wide])
    let left = try example.apply(Slice(axis: 2, 1..<6), parts[2])
    let line = try example.parameter([5], element)
    for operation in [Add() as any Operator, Multiply()] {
      for operands in [
        [left, parts[1]], [parts[0], left], [parts[1], parts[0], line], [line, left],
      ] {
        example.output(try example.graph.apply(any: operation, to: operands)[0])
      }
    }
    for operation in [Activation(.silu) as any Operator, Scale(by: 2), Dropout(rate: 0.1)] {
      example.output(try example.graph.apply(any: operation, to: [parts[1]])[0])
    }
    try example.check(tolerance: 0x1p-20)
  }

  @Test("Sixteen values are added and multiplied")
  func many() throws {
    var example = Example(seed: 5)
    let values = (0..<16).map { example.input($0 % 3 == 0 ? [17] : [5, 17], from: 0.5, to: 1.5) }
    example.output(try example.graph.apply(Add(), to: values)[0])
    example.output(try example.graph.apply(Multiply(), to: values)[0])
    try example.checkSums()
  }
}

extension Graph {
  /// Applies an operator of a kind that only the run shows.
  mutating func apply(any operation: any Operator, to operands: [Value.ID]) throws -> [Value.ID] {
    try apply(operation, to: operands)
  }
}
