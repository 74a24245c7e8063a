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
}

extension Example {
  fileprivate mutating func weight(
    _ layout: Linear.Layout, _ sizes: ProductTests.Sizes, _ element: ElementType = .float32
  ) throws -> Value.ID {
    let shape = [sizes.outputs, sizes.inputs]
    return try parameter(layout == .outIn ? shape : shape.reversed(), element)
  }
}
