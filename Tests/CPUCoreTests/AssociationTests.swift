import ModelGraph
import Testing

@testable import CPUCore

@Suite("The order in which updates are multiplied") struct AssociationTests {
  /// A layer whose weight has an update of the given depth, and what follows the layer.
  private static func layer(
    rows: Int, depth: Int, layout: Linear.Layout, element: ElementType, isTransposed: Bool = false
  ) throws -> Example {
    var example = Example(seed: rows + depth)
    let x = example.input([rows, 20])
    let weight = try example.parameter(layout == .outIn ? [24, 20] : [20, 24], element)
    let axes = (layout == .outIn) != isTransposed ? [24, 20] : [20, 24]
    let p = try example.parameter([axes[0], depth])
    let q = try example.parameter([depth, axes[1]])
    var update = try example.apply(Scale(by: 0.5), try example.apply(MatrixProduct(), p, q))
    if isTransposed { update = try example.apply(Permute([1, 0]), update) }
    let sum = try example.apply(Add(), weight, update)
    let y = try example.apply(
      Linear(layout: layout), x, sum, try example.parameter([24], element))
    example.output(try example.apply(Activation(.gelu), y))
    return example
  }

  @Test(
    "Few rows carry the update beside the weight, many add it to the weight: the same numbers",
    arguments: [(1, 2), (3, 20), (700, 2), (700, 20)],
    [(Linear.Layout.outIn, false), (.outIn, true), (.inOut, false), (.inOut, true)])
  func orders(sizes: (rows: Int, depth: Int), storage: (layout: Linear.Layout, isTransposed: Bool))
    throws
  {
    for element in [ElementType.float32, .bfloat16] {
      let example = try Self.layer(
        rows: sizes.rows, depth: sizes.depth, layout: storage.layout, element: element,
        isTransposed: storage.isTransposed)
      try example.check()
      // Beside: the thin product, and the layer with the way back. Added: the update's product and the layer.
      let products = try example.program.steps.compactMap { $0.kernel as? DenseProduct }
      #expect(products.map(\.summands.count) == (sizes.rows < 10 ? [0, 1] : [0, 0]))
    }
  }

  @Test("A weight that two layers read is updated once")
  func sharedWeight() throws {
    var example = Example(seed: 5)
    let x = example.input([2, 16])
    let update = try example.apply(
      MatrixProduct(), try example.parameter([16, 3]), try example.parameter([3, 16]))
    let sum = try example.apply(Add(), try example.parameter([16, 16]), update)
    let y = try example.apply(Linear(), x, sum)
    example.output(try example.apply(Linear(), y, sum))
    try example.check()
    #expect(try example.program.steps.count == 3)
  }

  @Test(
    "The branch of an adapter with dropout is two thin products, or a whole one if it is deep",
    arguments: [Linear.Layout.outIn, .inOut], [(40, 2), (400, 60)])
  func branch(layout: Linear.Layout, sizes: (rows: Int, depth: Int)) throws {
    let (rows, depth) = sizes
    var example = Example(seed: depth)
    let x = example.input([rows, 60])
    let axes = layout == .outIn ? [70, 60] : [60, 70]
    let weight = try example.parameter(axes)
    let update = try example.apply(
      MatrixProduct(), try example.parameter([axes[0], depth]),
      try example.parameter([depth, axes[1]]))
    let base = try example.apply(Linear(layout: layout), x, weight)
    let dropped = try example.apply(Dropout(rate: 0.1), x)
    let scaled = try example.apply(Scale(by: 3), update)
    let branch = try example.apply(Linear(layout: layout), dropped, scaled)
    example.output(try example.apply(Add(), base, branch))
    try example.check()
    #expect(try example.program.steps.count == 2)
    let last = try #require(try example.program.steps.last?.kernel as? DenseProduct)
    #expect(last.summands.count == 1)
  }

  @Test("What follows the layer is done where its last product is")
  func epilogue() throws {
    let example = try Self.layer(rows: 1, depth: 2, layout: .outIn, element: .float32)
    let epilogues = try example.program.steps.compactMap { ($0.kernel as? DenseProduct)?.epilogue }
    // The scale is on the thin product, where it costs least.
    #expect(epilogues == [[.scale(0.5)], [.activation(.gelu)]])
  }

  @Test("The deeper the update and the more the rows, the dearer it is beside the weight")
  func cost() {
    func isCheaperBeside(
      _ rows: Int, _ depth: Int, _ weight: ElementType? = .float32
    ) -> Bool {
      AssociationCost(
        rows: rows, inputs: 768, outputs: 768, depth: depth, weight: weight
      ).isCheaperBeside
    }
    #expect(isCheaperBeside(1, 768))
    #expect(isCheaperBeside(16, 16))
    #expect(!isCheaperBeside(4096, 16))
    #expect(!isCheaperBeside(1024, 768))
    // An update alone costs a whole product where it is not multiplied in two steps.
    #expect(isCheaperBeside(4096, 16, nil))
    #expect(!isCheaperBeside(4096, 768, nil))
    for depth in [1, 16, 768] {
      // Once it is dearer, more rows do not make it cheaper.
      let choices = [1, 4, 16, 64, 256, 1024, 4096].map { isCheaperBeside($0, depth) }
      #expect(choices == choices.sorted { $0 && !$1 })
    }
  }
}
