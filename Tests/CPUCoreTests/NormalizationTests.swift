import ModelGraph
import Testing

@testable import CPUCore

@Suite("Norms") struct NormalizationTests {
  static let shapes = [
    [1], [3], [2, 1], [5, 17], [2, 3, 16], [33, 64], [2, 31, 65], [7, 100], [257, 257],
  ]

  @Test("A layer norm gives every row mean 0 and variance 1", arguments: shapes, ElementType.floats)
  func layerNorm(shape: [Int], element: ElementType) throws {
    var example = Example(seed: shape.count)
    let x = example.input(shape, from: -1, to: 3)
    let weight = try example.parameter([shape[shape.count - 1]], element)
    let bias = try example.parameter([shape[shape.count - 1]], element)
    for operands in [[x], [x, weight], [x, weight, bias]] {
      example.output(try example.graph.apply(LayerNorm(epsilon: 1e-3), to: operands)[0])
    }
    try example.check()
  }

  @Test("A layer norm far from zero keeps its precision")
  func farFromZero() throws {
    var example = Example(seed: 1)
    let x = example.input([5, 100], from: 1000, to: 1001)
    example.output(try example.apply(LayerNorm(epsilon: 1e-5), x))
    // The entries are given to 24 bits: 1000 of them are 1e-4 of the deviation apart.
    try example.check(tolerance: 1e-3)
  }

  @Test(
    "A norm of root mean squares treats each group as wide as its weight by itself",
    arguments: [(1, 1), (3, 1), (17, 1), (16, 4), (33, 3), (64, 2), (65, 13), (257, 1), (1, 7)],
    [0.0, 1])
  func rmsNorm(sizes: (width: Int, groups: Int), offset: Double) throws {
    for rows in [[], [2], [3, 5], [129]] {
      for element in ElementType.floats {
        var example = Example(seed: sizes.width)
        let x = example.input(rows + [sizes.width * sizes.groups])
        let weight = try example.parameter([sizes.width], element)
        let norm = RMSNorm(epsilon: 1e-3, weightOffset: offset)
        example.output(try example.apply(norm, x, weight))
        try example.check()
      }
    }
  }

  @Test("Rows of length 1, and of exponentials that sum to one", arguments: shapes)
  func others(shape: [Int]) throws {
    var example = Example(seed: shape.count)
    let x = example.input(shape, from: -3, to: 9)
    example.output(
      try example.apply(UnitLength(), x), try example.apply(InverseLength(), x),
      try example.apply(Softmax(), x))
    try example.check()
  }

  @Test("Rows may be parts of wider ones")
  func parts() throws {
    var example = Example(seed: 3)
    let x = example.input([3, 5, 33])
    let parts = try example.graph.apply(Split(sizes: [4, 18, 11]), to: [x])
    let weight = try example.parameter([18])
    let groupWeight = try example.parameter([6])
    example.output(
      try example.apply(LayerNorm(epsilon: 1e-3), parts[1], weight, weight),
      try example.apply(RMSNorm(epsilon: 1e-3), parts[1], weight),
      try example.apply(RMSNorm(epsilon: 1e-3), parts[1], groupWeight),
      try example.apply(UnitLength(), parts[1]), try example.apply(InverseLength(), parts[1]),
      try example.apply(Softmax(), parts[1]))
    try example.check()
  }
}
