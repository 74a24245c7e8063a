import CPUCore
import ModelGraph
import PeftBasics
import PeftTensors
import Testing

@Suite("Initial values") struct InitialValuesTests {
  /// Two modules, registered in the other order than their parameters are added.
  private func graph(_ parameters: [Parameter]) throws -> Graph {
    var graph = Graph(name: "test")
    graph.declareModule("first")
    graph.declareModule("second")
    for parameter in parameters { _ = try graph.addParameter(parameter) }
    return graph
  }

  private func values(of graph: Graph, seed: Int = 3) throws -> [String: [Float]] {
    var initial = InitialValues(seed: seed)
    let values = try initial.fill(graph)
    return Dictionary(
      uniqueKeysWithValues: values.map { (graph[$0.key].name, $0.value.floats()) })
  }

  @Test("Each rule fills its parameter, in the order in which modules are registered")
  func rules() throws {
    let basis = RandomBasis(key: 1, precedingWords: 4, distribution: .ternary(sparsity: 1))
    let graph = try graph([
      Parameter(name: "second.normal", shape: [20], initial: .normal(deviation: 2)),
      Parameter(name: "second.loaded", shape: [2]),
      Parameter(name: "second.basis", shape: [9], initial: .basis(basis)),
      Parameter(
        name: "first.uniform", shape: [2, 2], initial: .uniform(bound: 0.5),
        discarding: [.uniform([7]), .normal([3])]),
      Parameter(name: "first.constant", shape: [2], initial: .constant(0.1)),
      Parameter(name: "first.zeros", shape: [2], initial: .zeros, discarding: [.normal([17])]),
    ])
    var (generator, bases) = (TorchGenerator(seed: 3), BasisSource())
    var expected: [String: [Float]] = ["first.constant": [0.1, 0.1], "first.zeros": [0, 0]]
    for draw in [RandomDraw.uniform([7]), .normal([3])] { try generator.discard(draw) }
    expected["first.uniform"] = generator.uniform([2, 2], from: -0.5, to: 0.5).floats()
    try generator.discard(.normal([17]))
    expected["second.normal"] = generator.normal([20], deviation: 2).floats()
    expected["second.basis"] = try bases.draw(basis, shape: [9]).floats()
    #expect(try values(of: graph) == expected)
  }

  @Test("Parameters that are left out draw nothing")
  func selection() throws {
    let graph = try graph([
      Parameter(name: "first.a", shape: [3], initial: .uniform(bound: 1)),
      Parameter(
        name: "second.a", shape: [3], initial: .uniform(bound: 1), role: .adapter("default")),
    ])
    var initial = InitialValues(seed: 1)
    let values = try initial.fill(graph) { $0.role != .base }
    #expect(values.count == 1)
    var generatorAfter = initial.generator
    var generator = TorchGenerator(seed: 1)
    #expect(values.values.first?.floats() == generator.uniform([3], from: -1, to: 1).floats())
    #expect(generatorAfter.word() == generator.word())
  }

  @Test("Values for which there is no memory are refused with how much it would be")
  func memory() throws {
    let (shape, bytes) = ([1 << 24, 1 << 24], 1 << 50)
    let error = #expect(throws: RunError.self) {
      try values(of: graph([Parameter(name: "a", shape: shape, initial: .normal(deviation: 1))]))
    }
    #expect(error?.reason == .noMemory(bytes: bytes))
    // Ternary entries take two bits.
    let distributions: [(RandomBasis.Distribution, Int)] = [
      (.kaimingUniform(fan: 1, blocks: 1), bytes), (.ternary(sparsity: 1), bytes / 16),
    ]
    for (distribution, bytes) in distributions {
      let basis = RandomBasis(key: 1, precedingWords: 0, distribution: distribution)
      #expect(throws: RandomBasisError(.noMemory(bytes: bytes), basis, shape: shape)) {
        var bases = BasisSource()
        _ = try bases.draw(basis, shape: shape)
      }
    }
  }

  @Test("Bases that cannot be drawn and discards that cannot be counted are refused")
  func refusals() throws {
    let basis = RandomBasis(key: 1, precedingWords: 0, distribution: .ternary(sparsity: 1))
    #expect(throws: RandomBasisError(.noSpread, basis, shape: [1])) {
      try values(of: graph([Parameter(name: "a", shape: [1], initial: .basis(basis))]))
    }
    #expect(throws: SizeOverflow.self) {
      try values(
        of: graph([
          Parameter(name: "a", shape: [1], initial: .zeros, discarding: [.normal([.max, 2])])
        ]))
    }
  }
}
