import ModelGraph
import Testing

@testable import CPUCore

@Suite("Gradients agree with finite differences") struct GradientTests {
  @Test("A linear layer", arguments: [Linear.Layout.outIn, .inOut], [true, false])
  func linear(layout: Linear.Layout, hasBias: Bool) throws {
    for shape in [[3], [2, 3], [2, 2, 3]] {
      var example = Example(seed: shape.count)
      let x = example.input(shape)
      let weight = try example.parameter(layout == .outIn ? [4, 3] : [3, 4])
      let y =
        try hasBias
        ? example.apply(Linear(layout: layout), x, weight, example.parameter([4]))
        : example.apply(Linear(layout: layout), x, weight)
      example.output(y)
      try example.checkGradients()
    }
  }

  @Test("A product of stacks", arguments: [true, false], [true, false])
  func product(first: Bool, second: Bool) throws {
    for (left, right) in [([], []), ([2], [2]), ([3, 1], [2]), ([], [2, 2])] {
      var example = Example(seed: left.count)
      let a = example.input(left + (first ? [4, 3] : [3, 4]))
      let b = try example.parameter(right + (second ? [5, 4] : [4, 5]))
      example.output(
        try example.apply(
          MatrixProduct(transposesFirst: first, transposesSecond: second), a, b))
      try example.checkGradients()
    }
  }

  @Test("An embedding, some of whose rows are read twice")
  func embedding() throws {
    var example = Example(seed: 3)
    let tokens = example.tokens([3, 4], below: 5)
    example.output(try example.apply(Embedding(), tokens, example.parameter([5, 3])))
    try example.checkGradients()
  }

  @Test("A tied head trains the row of padding, the embedding does not")
  func padding() throws {
    func gradients(isTied: Bool) throws -> [String: [Float]] {
      var example = Example(seed: 4)
      let tokens = example.tokens([3, 4], below: 5)
      let table = try example.parameter([5, 3])
      let x = try example.apply(Embedding(padding: 2), tokens, table)
      let numbers = try #require(example.parameters["parameter0"])
      let head = isTied ? table : example.input(numbers, .float32)
      example.output(try example.apply(Linear(), x, head))
      return try example.gradients().mapValues { $0.floats() }
    }
    let tied = try #require(try gradients(isTied: true)["parameter0"])
    let parts = try gradients(isTied: false)
    let (table, head) = (try #require(parts["parameter0"]), try #require(parts["input1"]))
    #expect(table.indices.allSatisfy { (table[$0] == 0) == (6..<9 ~= $0) })
    #expect(tied.indices.allSatisfy { abs(tied[$0] - table[$0] - head[$0]) <= 1e-6 })
  }

  @Test(
    "A gradient stops at one index", arguments: [(0, 0), (0, 2), (1, 0), (1, 2), (1, 3), (2, 0)])
  func stops(axis: Int, index: Int) throws {
    func gradient(isStopped: Bool) throws -> [Float] {
      var example = Example(seed: 6)
      let x = example.input([3, 4, 1])
      let y = try example.apply(StopGradient(axis: axis, index: index), x)
      example.output(isStopped ? y : x)
      return try #require(try example.gradients().values.first).floats()
    }
    var expected = try gradient(isStopped: false)
    for place in 0..<12 where [place / 4, place % 4, 0][axis] == index { expected[place] = 0 }
    #expect(try gradient(isStopped: true) == expected)
  }

  @Test("A convolution", arguments: [1, 2, 3], [true, false])
  func convolution(stride: Int, hasBias: Bool) throws {
    var example = Example(seed: stride)
    let x = example.input([2, 3, 6, 5])
    let weight = try example.parameter([4, 3, 3, 2])
    let operation = Convolution2D(stride: stride)
    example.output(
      try hasBias
        ? example.apply(operation, x, weight, example.parameter([4]))
        : example.apply(operation, x, weight))
    try example.checkGradients()
  }

  @Test("Activations", arguments: Activation.Function.allCases)
  func activation(function: Activation.Function) throws {
    var example = Example(seed: 5)
    let x = example.input([4, 33], from: -6, to: 6)
    example.output(try example.apply(Activation(function), x))
    try example.checkGradients()
  }

  @Test("Sums and products of stretched values", arguments: [true, false])
  func combinations(isSum: Bool) throws {
    for shapes in [
      [[2, 3], [2, 3]], [[2, 3, 4], [4], [3, 1]], [[1, 3, 1], [2, 1, 5]], [[1], [3]],
    ] {
      var example = Example(seed: shapes.count)
      let values = shapes.map { example.input($0) }
      example.output(
        try isSum
          ? example.graph.apply(Add(), to: values, in: "module")[0]
          : example.graph.apply(Multiply(), to: values, in: "module")[0])
      try example.checkGradients()
    }
  }

  @Test("A value that is used several times gets the sum")
  func severalUses() throws {
    var example = Example(seed: 8)
    let x = example.input([3, 4])
    let y = try example.apply(Activation(.tanh), x)
    let z = try example.apply(Multiply(), y, x)
    example.output(try example.apply(Add(), y, z, x), z)
    try example.checkGradients()
  }

  @Test("Norms")
  func norms() throws {
    for count in 0...2 {
      var example = Example(seed: count)
      let x = example.input([2, 3, 7])
      let parameters = try (0..<count).map { _ in try example.parameter([7]) }
      example.output(
        try example.graph.apply(LayerNorm(epsilon: 1e-3), to: [x] + parameters, in: "module")[0])
      try example.checkGradients()
    }
    for (offset, size) in [(0.0, 6), (1, 6), (0, 3), (1, 2)] {
      var example = Example(seed: size)
      let x = example.input([2, 3, 6])
      let weight = try example.parameter([size])
      example.output(
        try example.apply(RMSNorm(epsilon: 1e-3, weightOffset: offset), x, weight))
      try example.checkGradients()
    }
  }

  @Test("Unit length and softmax")
  func rows() throws {
    var example = Example(seed: 4)
    let x = example.input([3, 5])
    example.output(
      try example.apply(UnitLength(), x), try example.apply(Softmax(), x),
      try example.apply(Scale(by: -1.5), x))
    try example.checkGradients()
  }

  @Test("Arrangements")
  func arrangements() throws {
    var example = Example(seed: 6)
    let x = example.input([2, 4, 6])
    let stretched = example.input([1, 1, 6])
    let parts = try example.graph.apply(Split(sizes: [4, 2], groups: 2), to: [x], in: "module")
    let halves = try example.graph.apply(Split(sizes: [1, 5]), to: [x], in: "module")
    example.output(
      parts[0], halves[0], halves[1], try example.apply(Reshape([8, 6]), x),
      try example.apply(Permute([1, 2, 0]), x), try example.apply(Slice(axis: 0, 1..<2), x),
      try example.apply(Slice(axis: 1, 1..<3), x), try example.apply(Slice(axis: 2, 0..<5), x),
      try example.apply(Concatenate(axis: 1), stretched, x),
      try example.apply(TakeToken(.at(2)), x))
    try example.checkGradients()
  }

  @Test("Patches and places of tokens")
  func places() throws {
    var example = Example(seed: 6)
    let image = example.input([2, 3, 4, 5])
    let x = example.input([3, 4, 6])
    let tokens = example.tokens([3, 4], below: 9)
    example.output(
      try example.apply(Patches(), image),
      try example.apply(TakeToken(.largest), x, tokens),
      try example.apply(TakeToken(.first(of: 3)), x, tokens))
    try example.checkGradients()
  }

  @Test("A rotation", arguments: [4, 6])
  func rotary(size: Int) throws {
    var example = Example(seed: size)
    let x = example.input([2, 5, 12])
    example.output(
      try example.apply(Rotary(headSize: 6, rotarySize: size, theta: 100), x))
    try example.checkGradients()
  }

  @Test("T5's biases", arguments: [true, false])
  func relativePositions(isBidirectional: Bool) throws {
    var example = Example(seed: 2)
    let (queries, keys) = (example.input([2, 5, 3]), example.input([2, 7, 3]))
    let table = try example.parameter([8, 2])
    example.output(
      try example.apply(
        RelativePositionBias(maximumDistance: 6, isBidirectional: isBidirectional), table, queries,
        keys))
    try example.checkGradients(except: ["input0", "input1"])
  }
}
