import ModelGraph
import Testing

@testable import CPUCore

/// Products take what follows them along; whatever the plan makes of it, the numbers stay the same.
@Suite("What follows a product") struct FusionTests {
  @Test(
    "A block of a linear layer, an activation, dropout and a residual sum is one step",
    arguments: Activation.Function.allCases)
  func residualBlock(function: Activation.Function) throws {
    var example = Example(seed: 1)
    let x = example.input([2, 5, 17])
    let y = try example.linear(x, 17, 17)
    let active = try example.apply(Activation(function), y)
    let dropped = try example.apply(Dropout(rate: 0.1), active)
    example.output(try example.apply(Add(), x, dropped), try example.apply(Add(), dropped, x))
    try example.check()
  }

  @Test("Only one reader lets a chain become one step")
  func oneStep() throws {
    var example = Example(seed: 2)
    let x = example.input([3, 4])
    let y = try example.linear(x, 4, 4)
    let scaled = try example.apply(Scale(by: 3), try example.apply(Activation(.gelu), y))
    let product = try example.apply(Multiply(), try example.apply(Dropout(rate: 0), scaled), x)
    example.output(try example.apply(Add(), x, product))
    #expect(try example.program.steps.count == 1)
    try example.check()
  }

  @Test("A gate with silu multiplies what goes up", arguments: [true, false])
  func gate(gateFirst: Bool) throws {
    var example = Example(seed: 3)
    let x = example.input([2, 3, 16])
    let gate = try example.apply(Activation(.silu), try example.linear(x, 16, 33))
    let up = try example.linear(x, 16, 33)
    let product = try example.apply(Multiply(), gateFirst ? gate : up, gateFirst ? up : gate)
    example.output(try example.linear(product, 33, 16))
    try example.check()
  }

  @Test("Gate and up may be halves of one product", arguments: [1, 3])
  func joinedGate(groups: Int) throws {
    var example = Example(seed: 4)
    let joined = try example.linear(example.input([5, 8]), 8, 24)
    let parts = try example.graph.apply(Split(sizes: [12, 12], groups: groups), to: [joined])
    let gate = try example.apply(Activation(.geluTanh), parts[0])
    example.output(try example.apply(Multiply(), gate, parts[1]))
    try example.check()
  }

  @Test("Two products, or one with itself, are added and multiplied")
  func twoProducts() throws {
    var example = Example(seed: 5)
    let x = example.input([7, 5])
    let (a, b) = (try example.linear(x, 5, 3), try example.linear(x, 5, 3))
    example.output(try example.apply(Add(), a, b))
    let c = try example.linear(x, 5, 3)
    example.output(try example.apply(Add(), c, c), try example.apply(Multiply(), c, c))
    let (d, e) = (try example.linear(x, 5, 3), try example.linear(x, 5, 3))
    example.output(try example.apply(Multiply(), try example.apply(Add(), d, e), d))
    example.output(try example.apply(Add(), x, x))
    let (f, g) = (try example.linear(x, 5, 3), try example.linear(x, 5, 3))
    example.output(try example.graph.apply(Add(), to: [f, g, f])[0])
    try example.check()
  }

  @Test(
    "A product is multiplied with the derivative of an activation that it is the gradient of",
    arguments: [Precision.f32, .bf16])
  func activationGradient(precision: Precision) throws {
    var example = Example(seed: 10)
    example.precision = precision
    let before = try example.linear(example.input([3, 1030]), 1030, 1030)
    let gradient = try example.linear(example.input([3, 7]), 7, 1030)
    let product = try example.apply(ActivationGradient(.gelu), before, gradient)
    example.output(try example.linear(product, 1030, 3))
    // What is kept for the derivative is one product, the gradient is another.
    #expect(try example.program.steps.count == 3 + (precision == .bf16 ? 2 : 0))
    try example.check(tolerance: precision == .f32 ? Tolerance.chains : 0.02)
  }

  @Test(
    "Products of one size are summed in one step, and what follows is done to the sum",
    arguments: [Precision.f32, .bf16])
  func sums(precision: Precision) throws {
    var example = Example(seed: 8)
    example.precision = precision
    let (x, thin) = (example.input([3, 6]), example.input([3, 2]))
    let other = try example.apply(
      Linear(layout: .inOut), x, try example.parameter([6, 1030]))
    let scaled = try example.apply(Scale(by: 0.5), try example.linear(thin, 2, 1030))
    let layer = try example.apply(
      Linear(), x, try example.parameter([1030, 6]), try example.parameter([1030]))
    let update = try example.apply(
      Scale(by: 3), try example.apply(Linear(), thin, try example.parameter([1030, 2])))
    let sum = try example.apply(Add(), try example.apply(Add(), other, layer), update)
    let result = try example.apply(Scale(by: -2), sum)
    let active = try example.apply(Activation(.gelu), result)
    example.output(try example.apply(Add(), active, scaled))
    let products = try example.program.steps.compactMap { $0.kernel as? DenseProduct }
    #expect(products.map(\.summands.count) == [2, 0])
    #expect(products[0].summands.map(\.scale) == [1, 3])
    try example.check(tolerance: precision == .f32 ? Tolerance.chains : 0x1p-10)
  }

  @Test("A product of which something else is read as well keeps its numbers")
  func productReadTwice() throws {
    var example = Example(seed: 6)
    let x = example.input([4, 5])
    let y = try example.linear(x, 5, 5)
    let active = try example.apply(Activation(.relu), y)
    example.output(y, active, try example.apply(Multiply(), active, y))
    let z = try example.linear(active, 5, 5)
    example.output(try example.apply(Add(), try example.apply(Scale(by: 2), z), y), z)
    try example.check()
  }

  @Test(
    "A scale straight after a product, after its bias, and after another", arguments: [0, -1.5])
  func scales(factor: Double) throws {
    var example = Example(seed: 7)
    let (a, b) = (example.input([6, 5]), example.input([5, 7]))
    let product = try example.apply(MatrixProduct(), a, b)
    let once = try example.apply(Scale(by: factor), product)
    example.output(try example.apply(Scale(by: 3), once))
    let biased = try example.linear(a, 5, 3)
    example.output(try example.apply(Scale(by: factor), biased))
    let other = try example.apply(MatrixProduct(), a, b)
    let unchanged = try example.apply(Scale(by: 1), other)
    example.output(try example.apply(Activation(.tanh), unchanged))
    try example.checkSums(tolerance: 0x1p-18)
  }

  @Test(
    "A sum or product that stretches what is added, or the product itself, is right",
    arguments: [
      [17], [1, 17], [5, 1], [1, 1], [], [5, 17], [3, 5, 17], [2, 1, 17], [2, 1, 1],
    ])
  func stretchedOperands(shape: [Int]) throws {
    var example = Example(seed: 8)
    let x = example.input([5, 3])
    let other = example.input(shape)
    for operation in [Add() as any Operator, Multiply()] {
      let (a, b) = (try example.linear(x, 3, 17), try example.linear(x, 3, 17))
      example.output(try example.graph.apply(any: operation, to: [a, other])[0])
      example.output(try example.graph.apply(any: operation, to: [other, b])[0])
    }
    try example.check()
  }

  @Test("A product with a column, a row or one entry is added to what is larger")
  func stretchedProduct() throws {
    var example = Example(seed: 9)
    let wide = example.input([5, 17])
    for (rows, columns) in [(5, 1), (1, 17), (1, 1)] {
      let small = try example.linear(example.input([rows, 3]), 3, columns)
      example.output(try example.apply(Add(), wide, small))
      example.output(
        try example.apply(
          Multiply(), try example.linear(example.input([rows, 3]), 3, columns), wide))
    }
    try example.check()
  }

  @Test("A transposed product is the product of the transposed", arguments: ElementType.floats)
  func transposedProduct(element: ElementType) throws {
    for (first, second) in [(false, false), (true, false), (false, true), (true, true)] {
      var example = Example(seed: 10)
      let a = try example.parameter(first ? [3, 5] : [5, 3], element)
      let b = try example.parameter(second ? [7, 3] : [3, 7], element)
      let operation = MatrixProduct(transposesFirst: first, transposesSecond: second)
      let product = try example.apply(Scale(by: 0.5), try example.apply(operation, a, b))
      let transposed = try example.apply(Permute([1, 0]), product)
      let other = example.input([7, 5])
      example.output(try example.apply(Add(), transposed, other))
      try example.checkSums()
    }
  }

  @Test("What cannot be transposed within the product is moved")
  func movedProducts() throws {
    var example = Example(seed: 11)
    let x = example.input([5, 3])
    example.output(try example.apply(Permute([1, 0]), try example.linear(x, 3, 7)))
    let weight = try example.parameter([7, 3])
    let sum = try example.apply(
      Add(), try example.apply(Linear(), x, weight), example.input([5, 7]))
    example.output(try example.apply(Permute([1, 0]), sum))
    let plain = try example.apply(Linear(), x, weight)
    example.output(try example.apply(Permute([0, 1]), plain))
    let twice = try example.apply(
      Permute([1, 0]), try example.apply(Permute([1, 0]), try example.apply(Linear(), x, weight)))
    example.output(twice)
    let stack = try example.apply(
      MatrixProduct(), example.input([2, 5, 3]), example.input([2, 3, 7]))
    example.output(try example.apply(Permute([0, 2, 1]), stack))
    let vector = try example.apply(Linear(), example.input([3]), weight)
    example.output(try example.apply(Permute([0]), vector))
    try example.check()
  }

  @Test(
    "An adapted weight is W + scale · B A, transposed where the layer stores it so",
    arguments: [Linear.Layout.outIn, .inOut], ElementType.floats)
  func adaptedWeight(layout: Linear.Layout, element: ElementType) throws {
    var example = Example(seed: 12)
    let x = example.input([2, 5, 17])
    let weight = try example.parameter(layout == .outIn ? [33, 17] : [17, 33], element)
    let (a, b) = (try example.parameter([3, 17]), try example.parameter([33, 3]))
    var update = try example.apply(Scale(by: 2), try example.apply(MatrixProduct(), b, a))
    if layout == .inOut { update = try example.apply(Permute([1, 0]), update) }
    let sum = try example.apply(Add(), weight, update)
    let bias = try example.parameter([33], element)
    example.output(try example.apply(Linear(layout: layout), x, sum, bias))
    try example.check()
  }

  @Test("An update applied beside the layer is added to what the layer gives")
  func updateBeside() throws {
    var example = Example(seed: 13)
    let x = example.input([2, 5, 16])
    let base = try example.linear(x, 16, 16)
    let down = try example.apply(Linear(), x, try example.parameter([4, 16]))
    let up = try example.apply(Linear(), down, try example.parameter([16, 4]))
    let sum = try example.apply(Add(), base, try example.apply(Scale(by: 0.25), up))
    example.output(try example.apply(Add(), x, sum))
    try example.check()
  }

  @Test("A reshape between a product and what follows changes no number")
  func reshapes() throws {
    var example = Example(seed: 14)
    let x = example.input([6, 5])
    let y = try example.apply(Reshape([2, 3, 8]), try example.linear(x, 5, 8))
    example.output(try example.apply(Activation(.silu), y), try example.linear(y, 8, 3))
    // A part has gaps between its rows, and is copied.
    let parts = try example.graph.apply(
      Split(sizes: [2, 6]), to: [try example.linear(x, 5, 8)])
    let reshaped = try example.apply(Reshape([3, 2, 6]), parts[1])
    example.output(try example.apply(Add(), reshaped, example.input([3, 2, 6])))
    let residual = try example.linear(x, 5, 6)
    example.output(try example.apply(Multiply(), parts[1], residual))
    try example.check()
  }
}

extension Example {
  /// A linear layer with a bias and a weight of its own.
  mutating func linear(_ x: Value.ID, _ inputs: Int, _ outputs: Int) throws -> Value.ID {
    try apply(Linear(), x, try parameter([outputs, inputs]), try parameter([outputs]))
  }
}
