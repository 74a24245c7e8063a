import ModelGraph
import PeftTestSupport
import Testing

@testable import CPUCore

@Suite("What is computed for positions that nothing reads") struct ReadPositionsTests {
  static let positions: [TakeToken.Position] = [
    .at(0), .at(3), .first(of: 2), .largest, .last(besides: 2), .lastInMask,
  ]

  /// A layer of an encoder: attention, its product, a sum with what it read, a norm and a feed-forward part.
  private func layer(_ example: inout Example, _ x: Value.ID, isCausal: Bool) throws -> Value.ID {
    func product(_ x: Value.ID, _ sizes: [Int]) throws -> Value.ID {
      try example.apply(Linear(), x, example.parameter(sizes), example.parameter([sizes[0]]))
    }
    let attention = Attention(heads: 2, keyValueHeads: 2, scale: 0.5, isCausal: isCausal)
    let parts = try (0..<3).map { _ in try product(x, [8, 8]) }
    let attended = try product(example.graph.apply(attention, to: parts, in: "module")[0], [8, 8])
    let sum = try example.apply(Add(), attended, x)
    let normal = try example.apply(
      LayerNorm(epsilon: 1e-5), sum, example.parameter([8]), example.parameter([8]))
    let inner = try example.apply(Activation(.gelu), product(normal, [12, 8]))
    return try example.apply(Add(), product(inner, [8, 12]), normal)
  }

  private func example(_ position: TakeToken.Position, isCausal: Bool = false) throws -> Example {
    var example = Example(seed: 3)
    let x = example.input([3, 5, 8])
    let tokens = example.tokens([3, 5], below: 6)
    let mask = example.mask([3, 5])
    let features = try layer(&example, x, isCausal: isCausal)
    let operands =
      switch position {
      case .at: [features]
      case .lastInMask: [features, mask]
      default: [features, tokens]
      }
    example.output(
      try example.graph.apply(TakeToken(position), to: operands, in: "module")[0])
    return example
  }

  @Test("It is left out, and what is read stays as it is", arguments: positions)
  func leftOut(position: TakeToken.Position) throws {
    let example = try example(position)
    let short = try example.graph.takingTokensEarly(wanted: example.graph.outputs)
    #expect(lengths(short) == [1, 5, 5, 1, 1, 1])
    try example.check(tolerance: 2e-6)
  }

  @Test("A causal query needs to know its place", arguments: positions)
  func causal(position: TakeToken.Position) throws {
    let example = try example(position, isCausal: true)
    let short = try example.graph.takingTokensEarly(wanted: example.graph.outputs)
    #expect(lengths(short) == [5, 5, 5, 1, 1, 1])
    try example.check(tolerance: 2e-6)
  }

  @Test("Nothing is left out of what is an output, or is taken at several positions")
  func kept() throws {
    var example = Example(seed: 4)
    let x = try layer(&example, example.input([3, 5, 8]), isCausal: false)
    example.output(try example.apply(TakeToken(.at(0)), x), try example.apply(TakeToken(.at(1)), x))
    var whole = Example(seed: 4)
    let y = try layer(&whole, whole.input([3, 5, 8]), isCausal: false)
    whole.output(try whole.apply(TakeToken(.at(0)), y), y)
    for example in [example, whole] {
      let short = try example.graph.takingTokensEarly(wanted: example.graph.outputs)
      #expect(lengths(short) == [5, 5, 5, 5, 5, 5])
    }
    // Where it is not wanted, it does not count.
    let short = try whole.graph.takingTokensEarly(wanted: [whole.graph.outputs[0]])
    #expect(lengths(short) == [1, 5, 5, 1, 1, 1])
  }

  /// Positions of the results of a graph's products with weights.
  private func lengths(_ graph: Graph) -> [Int?] {
    graph.nodes.filter { $0.operation is Linear }.map {
      graph[$0.results[0]].type.shape.dimensions[1].size
    }
  }
}
