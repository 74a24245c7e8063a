import ModelGraph
import Testing

@testable import CPUCore

@Suite("Dense products") struct ProductTests {
  struct Sizes: CustomTestStringConvertible {
    let rows: [Int]
    let inputs: Int
    let outputs: Int
    init(_ rows: [Int], _ inputs: Int, _ outputs: Int) {
      (self.rows, self.inputs, self.outputs) = (rows, inputs, outputs)
    }
    var testDescription: String { "\(rows) × \(inputs) → \(outputs)" }
  }

  /// The last ones have several tiles: beyond 256 rows, and beyond 1024 or, for few rows, 256
  /// columns.
  static let sizes = [
    Sizes([1], 1, 1), Sizes([], 5, 3), Sizes([3], 17, 2), Sizes([2, 3, 5], 7, 33),
    Sizes([65], 64, 31),
    Sizes([2, 16], 100, 257), Sizes([3], 16, 1025), Sizes([257], 3, 65), Sizes([2, 129], 2, 1030),
  ]

  @Test("A linear layer is x · Wᵀ + b, in both layouts", arguments: sizes)
  func linear(sizes: Sizes) throws {
    for layout in [Linear.Layout.outIn, .inOut] {
      var example = Example(seed: sizes.inputs * sizes.outputs)
      let x = example.input(sizes.rows + [sizes.inputs])
      let weight = try example.weight(layout, sizes)
      let bias = try example.parameter([sizes.outputs])
      example.output(try example.apply(Linear(layout: layout), x, weight, bias))
      example.output(try example.apply(Linear(layout: layout), x, weight))
      try example.checkSums()
    }
  }

  @Test("Weights may be of 16-bit floats", arguments: sizes, [ElementType.float16, .bfloat16])
  func halves(sizes: Sizes, element: ElementType) throws {
    for layout in [Linear.Layout.outIn, .inOut] {
      var example = Example(seed: sizes.inputs + sizes.outputs)
      let x = example.input(sizes.rows + [sizes.inputs])
      let weight = try example.weight(layout, sizes, element)
      let bias = try example.parameter([sizes.outputs], element)
      example.output(try example.apply(Linear(layout: layout), x, weight, bias))
      try example.checkSums()
    }
  }

  @Test("The input of a linear layer may be a part of wider rows", arguments: sizes)
  func parts(sizes: Sizes) throws {
    var example = Example(seed: sizes.inputs)
    let wide = example.input(sizes.rows + [sizes.inputs + 3 + 5])
    let parts = try example.graph.apply(Split(sizes: [3, sizes.inputs, 5]), to: [wide])
    let weight = try example.weight(.outIn, sizes)
    example.output(try example.apply(Linear(), parts[1], weight))
    try example.checkSums()
  }

  @Test("A weight may be a part of wider rows, whatever its floats", arguments: ElementType.floats)
  func weightParts(element: ElementType) throws {
    for layout in [Linear.Layout.outIn, .inOut] {
      var example = Example(seed: 3)
      let x = example.input([5, 17])
      let wide = try example.parameter(layout == .outIn ? [33, 20] : [17, 37], element)
      let weight = try example.apply(
        Slice(axis: 1, layout == .outIn ? 2..<19 : 4..<37), wide)
      example.output(try example.apply(Linear(layout: layout), x, weight))
      try example.checkSums()
    }
  }

  struct Stacks: CustomTestStringConvertible {
    let first: [Int]
    let second: [Int]
    let sizes: (Int, Int, Int)
    init(_ first: [Int], _ second: [Int], _ sizes: (Int, Int, Int)) {
      (self.first, self.second, self.sizes) = (first, second, sizes)
    }
    var testDescription: String { "\(first) of \(sizes), \(second)" }
  }

  @Test(
    "Stacks of matrices are multiplied one by one, stretched where one is alone",
    arguments: [
      Stacks([], [], (1, 1, 1)), Stacks([], [], (31, 7, 17)), Stacks([2], [], (3, 5, 2)),
      Stacks([], [3], (5, 16, 3)), Stacks([2, 3], [2, 3], (5, 2, 7)),
      Stacks([2, 1], [1, 3], (3, 5, 2)), Stacks([1], [5], (2, 3, 1)),
      Stacks([3], [2, 1], (1, 7, 5)), Stacks([2, 1, 3], [2, 1], (2, 3, 2)),
      Stacks([], [], (257, 3, 31)), Stacks([], [], (5, 2, 1030)), Stacks([2], [2], (258, 1, 17)),
    ])
  func stacks(stacks: Stacks) throws {
    for (first, second) in [(false, false), (true, false), (false, true), (true, true)] {
      let (m, k, n) = stacks.sizes
      var example = Example(seed: m + k + n)
      let a = example.input(stacks.first + (first ? [k, m] : [m, k]))
      let b = example.input(stacks.second + (second ? [n, k] : [k, n]))
      let product = MatrixProduct(transposesFirst: first, transposesSecond: second)
      example.output(try example.apply(product, a, b))
      try example.checkSums()
    }
  }

  @Test("Both factors may be parts of wider rows, and of 16 bits", arguments: ElementType.floats)
  func factorParts(element: ElementType) throws {
    for (first, second) in [(false, false), (true, false), (false, true), (true, true)] {
      var example = Example(seed: 11)
      let wide = try example.parameter([2, first ? 3 : 5, 11], element)
      let a = try example.apply(Slice(axis: 2, first ? 1..<6 : 2..<5), wide)
      let b = try example.parameter([2] + (second ? [7, 3] : [3, 7]), element)
      let product = MatrixProduct(transposesFirst: first, transposesSecond: second)
      example.output(try example.apply(product, a, b))
      try example.checkSums()
    }
  }

  @Test("A sum of no terms is zero, and then the bias")
  func nothing() throws {
    var example = Example(seed: 1)
    // Its memory is not zero, and the products take it over.
    let other = example.input([3, 64])
    let x = try example.apply(Slice(axis: 1, 2..<2), example.input([3, 64]))
    example.output(try example.apply(Slice(axis: 0, 0..<1), other))
    let weight = try example.parameter([64, 0])
    let bias = try example.parameter([64])
    example.output(try example.apply(Softmax(), try example.apply(Linear(), x, weight)))
    example.output(try example.apply(Softmax(), try example.apply(Linear(), x, weight, bias)))
    let second = try example.parameter([0, 64])
    example.output(try example.apply(Softmax(), try example.apply(MatrixProduct(), x, second)))
    try example.check()
  }
}

extension ElementType {
  static let floats: [ElementType] = [.float32, .float16, .bfloat16]
}

extension Example {
  fileprivate mutating func weight(
    _ layout: Linear.Layout, _ sizes: ProductTests.Sizes, _ element: ElementType = .float32
  ) throws -> Value.ID {
    let shape = [sizes.outputs, sizes.inputs]
    return try parameter(layout == .outIn ? shape : shape.reversed(), element)
  }
}
