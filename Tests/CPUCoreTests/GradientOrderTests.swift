import ModelGraph
import PeftTestSupport
import Testing

@testable import CPUCore

@Suite("The order in which gradients of factors are multiplied") struct GradientOrderTests {
  /// The gradient of a layer's weight [24, 20], and products of it with factors on one side.
  private static func example(
    rows: Int, depth: Int, layout: Linear.Layout, isFirst: Bool, isFlipped: Bool,
    transposesFactor: Bool
  ) throws -> Example {
    var example = Example(seed: rows + depth)
    let (x, dy) = (example.input([2, rows / 2, 20]), example.input([2, rows / 2, 24]))
    var whole = try example.apply(LinearWeightGradient(layout: layout), x, dy)
    if isFlipped { whole = try example.apply(Permute([1, 0]), whole) }
    whole = try example.apply(Scale(by: 0.5), whole)
    let shape = example.graph[whole].type.shape.dimensions.compactMap(\.size)
    let width = isFirst ? shape[1] : shape[0]
    let isUpright = isFirst != transposesFactor
    let factor = try example.parameter(isUpright ? [width, depth] : [depth, width])
    let product = MatrixProduct(
      transposesFirst: !isFirst && transposesFactor, transposesSecond: isFirst && transposesFactor)
    example.output(
      isFirst
        ? try example.apply(product, whole, factor) : try example.apply(product, factor, whole))
    return example
  }

  private static func ordered(_ example: Example) throws -> Graph {
    let graph = example.graph
    let needed = graph.values(neededFor: graph.outputs.map(\.value))
    let shapes = example.inputs.mapValues(\.shape)
    var planned: [PlannedGradients] = []
    let ordered = try graph.orderingGradients(
      sizes: InputSizes(graph, needed: needed, shapes: shapes), precision: .f32, noting: &planned)
    // Whatever is chosen is what is noted.
    #expect(planned.contains(where: \.isThin) == (ordered.nodes.count != graph.nodes.count))
    #expect(planned.allSatisfy { $0.isThin == ($0.thinOperations < $0.wholeOperations) })
    return ordered
  }

  @Test(
    "The numbers stay the same, whichever side, layout and transposition",
    arguments: [Linear.Layout.outIn, .inOut],
    [false, true].flatMap { a in [false, true].flatMap { b in [false, true].map { (a, b, $0) } } })
  func numbers(layout: Linear.Layout, sides: (Bool, Bool, Bool)) throws {
    var example = try Self.example(
      rows: 40, depth: 4, layout: layout, isFirst: sides.0, isFlipped: sides.1,
      transposesFactor: sides.2)
    let expected = try example.expected()
    let graph = try Self.ordered(example)
    #expect(graph.nodes.count > example.graph.nodes.count)
    example.graph = graph
    let products = try example.program.steps.map { $0.results[0].layout.shape }
    #expect(products.allSatisfy { $0.contains(4) }, "the gradient of the weight is not computed")
    let found = try example.executor().run(example.inputTensors)
    for (name, reals) in expected { found[name].expect(reals) { _ in 1e-5 * reals.largest } }
  }

  @Test("A deep factor, or another reader, needs the gradient of the whole weight")
  func kept() throws {
    func isSame(_ example: Example) throws -> Bool {
      try Self.ordered(example).nodes.count == example.graph.nodes.count
    }
    #expect(
      try isSame(
        Self.example(
          rows: 40, depth: 100, layout: .outIn, isFirst: true, isFlipped: false,
          transposesFactor: false)))
    var read = try Self.example(
      rows: 40, depth: 4, layout: .outIn, isFirst: true, isFlipped: false, transposesFactor: false)
    let whole = try #require(read.graph.nodes.first?.results.first)
    read.output(try read.apply(Activation(.relu), whole))
    #expect(try isSame(read))
  }
}
