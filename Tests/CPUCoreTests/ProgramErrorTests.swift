import ModelGraph
import Testing

@testable import CPUCore

@Suite("Graphs and inputs that cannot be planned") struct ProgramErrorTests {
  private static let places: Shape = [.symbol("batch"), .symbol("sequence")]

  /// Features of tokens times one number for each position, and an input that has a size of its own.
  private static func graph() throws -> Graph {
    var graph = Graph(name: "tiny")
    for module in ["table", "scale", "pick"] { graph.declareModule(module) }
    let tokens = graph.addInput("tokens", type: ValueType(places, .index))
    let factors = graph.addInput("factors", type: ValueType(Shape(places.dimensions + [1])))
    let extra = graph.addInput(
      "extra", type: ValueType([.symbol("length"), 4]), isOptional: true)
    let table = try graph.addParameter(Parameter(name: "table", shape: [10, 4]))
    let features = try graph.apply(Embedding(), to: [tokens, table], in: "table")[0]
    graph.addOutput(
      "features", try graph.apply(Multiply(), to: [features, factors], in: "scale")[0])
    graph.addOutput("third", try graph.apply(TakeToken(.at(2)), to: [features], in: "pick")[0])
    graph.addOutput("extra", try graph.apply(Scale(by: 2), to: [extra])[0])
    return graph
  }

  private func expect(
    _ description: String, _ shapes: [String: [Int]], outputs: [String]? = ["features"],
    of graph: Graph? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let graph = try graph ?? Self.graph()
    let error = #expect(throws: ProgramError.self, sourceLocation: sourceLocation) {
      try Program(graph, shapes: shapes, outputs: outputs)
    }
    #expect(error?.description == description, sourceLocation: sourceLocation)
  }

  @Test("Inputs that are missing are named, with what there is")
  func missingInputs() throws {
    try expect(
      """
      the model needs tokens and factors, and found no inputs
        fix: add them to the inputs
      """, [:])
    try expect(
      """
      the model needs factors, and found labels, tokens
        fix: add it to the inputs
      """, ["tokens": [2, 3], "labels": [2]])
  }

  @Test("An output that the model has not is refused, with those that it has")
  func unknownOutput() throws {
    try expect(
      """
      the model has no output 'logits'
        fix: choose from features, third, extra
      """, ["tokens": [2, 3]], outputs: ["features", "logits"])
  }

  @Test("An input of another number of axes, or another size, is refused")
  func shapes() throws {
    try expect(
      """
      tokens has the shape [3]
        fix: give it the shape [batch, sequence]
      """, ["tokens": [3], "factors": [2, 3, 1]])
    try expect(
      """
      factors has the shape [2, 3, 4]
        fix: give it the shape [batch, sequence, 1]
      """, ["tokens": [2, 3], "factors": [2, 3, 4]])
  }

  @Test("Two inputs that disagree on a size are both named")
  func disagreement() throws {
    try expect(
      """
      sequence is 4 in factors, but 3 in tokens
        fix: give both inputs the same size
      """, ["tokens": [2, 3], "factors": [2, 4, 1]])
  }

  @Test("An input without entries is refused, and one of negative sizes", arguments: [0, -1, .min])
  func emptyInput(size: Int) throws {
    try expect(
      """
      tokens is empty: its shape is [2, \(size)]
        fix: give it at least one entry
      """, ["tokens": [2, size], "factors": [2, 3, 1]])
  }

  @Test("A size that no input gives is named")
  func unknownSize() throws {
    try expect(
      """
      no input says how large 'length' is
        fix: use the name in the shape of a needed input
      """, [:], outputs: ["extra"])
  }

  @Test("An operator that inputs of these sizes do not fit is named with its module")
  func operands() throws {
    try expect(
      """
      pick: take_token: the position must be at most 1, not 2
        fix: give inputs of sizes that this model takes
      """, ["tokens": [5, 2]], outputs: ["third"])
  }

  @Test("An operator from outside has no kernel")
  func noKernel() throws {
    var graph = Graph(name: "tiny")
    graph.declareModule("block.0")
    let x = graph.addInput("x", type: ValueType([2]))
    graph.addOutput("y", try graph.apply(Unheard(), to: [x], in: "block.0")[0])
    try expect(
      """
      block.0: the CPU core has no kernel for 'unheard'
        fix: describe the model with the operators of the schema
      """, ["x": [2]], outputs: nil, of: graph)
  }

  private struct Unheard: Operator {
    static let name = "unheard"
    func results(of operands: [ValueType]) -> [ValueType] { operands }
  }

  @Test("What fits no memory is refused, whichever value it is")
  func tooLarge() throws {
    let large = 1 << 40
    try expect(
      """
      tokens: [\(large), \(large)] does not fit any memory
        fix: give smaller inputs
      """, ["tokens": [large, large], "factors": [large, large, 1]])
    try expect(
      """
      table: [1, 70368744177664, 4] does not fit any memory
        fix: give smaller inputs
      """, ["tokens": [1, 1 << 46], "factors": [1, 1 << 46, 1]], outputs: ["features", "third"])
  }

  @Test(
    "No size of an input stops the program, however large",
    arguments: [
      [1, .max], [.max, 1], [.max, .max], [1 << 31, 1 << 31], [1, 1 << 58], [1 << 62, 2],
      [1 << 49, 1], [3, .max / 3],
    ])
  func hostileSizes(shape: [Int]) throws {
    for wanted in [["features"], ["third"], ["features", "third"]] {
      let error = #expect(throws: ProgramError.self) {
        try Program(
          try Self.graph(), shapes: ["tokens": shape, "factors": shape + [1]], outputs: wanted)
      }
      #expect(error?.description.contains("does not fit any memory") == true)
    }
  }

  @Test("What is computed on the way may be too large as well")
  func hostileScratch() throws {
    var graph = Graph(name: "tiny")
    graph.declareModule("attention")
    let places: Shape = [1, .symbol("sequence"), 1]
    let query = graph.addInput("query", type: ValueType(places))
    let key = graph.addInput("key", type: ValueType([1, .symbol("keys"), 1]))
    let operation = Attention(heads: 1, keyValueHeads: 1, scale: 1, isCausal: false)
    graph.addOutput("y", try graph.apply(operation, to: [query, key, key], in: "attention")[0])
    try expect(
      """
      attention: what is computed on the way to [1, 64, 1] does not fit any memory
        fix: give smaller inputs
      """, ["query": [1, 64, 1], "key": [1, 1 << 47, 1]], outputs: nil, of: graph)
    var images = Graph(name: "images")
    images.declareModule("convolution")
    let side = 1 << 22
    let x = images.addInput("x", type: ValueType([1, 1, .size(side), .size(side)]))
    let weight = try images.addParameter(
      Parameter(name: "weight", shape: [1, 1, side / 2, side / 2]))
    images.addOutput(
      "y", try images.apply(Convolution2D(stride: 1), to: [x, weight], in: "convolution")[0])
    try expect(
      """
      convolution: what is computed on the way to [1, 1, 2097153, 2097153] does not fit any \
      memory
        fix: give smaller inputs
      """, ["x": [1, 1, side, side]], outputs: nil, of: images)
  }
}
