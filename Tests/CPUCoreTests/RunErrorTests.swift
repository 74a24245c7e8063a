import ModelGraph
import PeftTensors
import Testing

@testable import CPUCore

@Suite("Numbers that cannot be run") struct RunErrorTests {
  /// Two tokens and a mask; a table of 5 tokens and one of 4 positions.
  private static func example(length: Int = 2) throws -> Example {
    var example = Example(seed: 1)
    for module in ["tokens", "positions"] { example.graph.declareModule(module) }
    let tokens = example.tokens([1, length], below: 5)
    let mask = example.mask([1, length])
    let places = try example.graph.apply(Positions(offset: 1), to: [tokens, mask])[0]
    let (table, positionTable) = (
      try example.parameter([5, 3]), try example.parameter([4, 3], .bfloat16)
    )
    let x = try example.graph.apply(Embedding(), to: [tokens, table], in: "tokens")[0]
    let y = try example.graph.apply(Embedding(), to: [places, positionTable], in: "positions")[0]
    example.output(try example.apply(Add(), x, y))
    return example
  }

  private func expect<Result>(
    _ description: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () throws -> Result
  ) {
    let error = #expect(throws: RunError.self, sourceLocation: sourceLocation) { _ = try body() }
    #expect(error?.description == description, sourceLocation: sourceLocation)
  }

  private func run(
    _ changed: [String: Tensor], length: Int = 2, without missing: String? = nil
  ) throws -> [String: Tensor] {
    let example = try Self.example(length: length)
    var inputs = example.inputTensors.merging(changed) { $1 }
    if let missing { inputs[missing] = nil }
    return try example.executor().run(inputs)
  }

  @Test("An index that its table has no row for is refused", arguments: [-1, Int.min, 5, Int.max])
  func indices(index: Int) {
    let fix =
      index < 0
      ? "give indices from 0 to 4"
      : "give indices below 5: tokens of this model's vocabulary, and no longer sequence than it "
        + "has positions"
    expect("tokens: there is no row \(index) in its table of 5\n  fix: \(fix)") {
      try run(["input0": Tensor([0, index], shape: [1, 2])])
    }
  }

  @Test("A sequence longer than there are positions is refused")
  func longSequence() {
    expect(
      """
      positions: there is no row 4 in its table of 4
        fix: give indices below 4: tokens of this model's vocabulary, and no longer sequence than \
      it has positions
      """
    ) { try run(["input1": Tensor([1, 1, 1, 1], shape: [1, 4])], length: 4) }
  }

  @Test("A run after one that failed is right")
  func recovery() throws {
    let example = try Self.example()
    let executor = try example.executor()
    let expected = try executor.run(example.inputTensors).mapValues { $0.floats() }
    var wrong = example.inputTensors
    wrong["input0"] = Tensor([0, 9], shape: [1, 2])
    expect(
      """
      tokens: there is no row 9 in its table of 5
        fix: give indices below 5: tokens of this model's vocabulary, and no longer sequence than \
      it has positions
      """
    ) { try executor.run(wrong) }
    #expect(try executor.run(example.inputTensors).mapValues { $0.floats() } == expected)
  }

  @Test("A missing input is named")
  func missingInput() {
    expect("the input input1 is missing\n  fix: give it") {
      try run([:], without: "input1")
    }
  }

  @Test("An input that the plan left out is refused, not ignored")
  func unplannedInput() throws {
    var graph = Graph(name: "optional")
    let places: Shape = [.symbol("batch"), .symbol("length")]
    let tokens = graph.addInput("tokens", type: ValueType(places, .index))
    let mask = graph.addInput("mask", type: ValueType(places, .mask), isOptional: true)
    graph.addOutput("y", try graph.apply(Positions(), to: [tokens, mask])[0])
    let executor = try Executor(Program(graph, shapes: ["tokens": [1, 2]]), parameters: [:])
    let numbers = Tensor([0, 1], shape: [1, 2])
    #expect(try executor.run(["tokens": numbers, "labels": numbers])["y"]?.floats() == [0, 1])
    expect(
      """
      mask is given, but the program was planned without it
        fix: plan with its shape, too
      """
    ) { try executor.run(["tokens": numbers, "mask": numbers]) }
  }

  @Test("An input of another shape than planned is refused")
  func wrongShape() {
    expect("input0 has the shape [2, 1]\n  fix: give it the planned shape [1, 2]") {
      try run(["input0": Tensor([0, 1], shape: [2, 1])])
    }
  }

  @Test("Real numbers are no tokens and no mask")
  func wrongType() {
    let reals = Tensor([0.5, 1] as [Float], shape: [1, 2])
    expect("input0 is made of F32\n  fix: give integers") { try run(["input0": reals]) }
    expect("input1 is made of F32\n  fix: give integers") { try run(["input1": reals]) }
  }

  @Test("Parameters must all be there, in the shape and type of the plan")
  func parameters() throws {
    let example = try Self.example()
    let program = try example.program
    let id = try #require(example.graph.parameter(named: "parameter1"))
    func load(_ tensor: Tensor?) throws -> Executor {
      var parameters = example.parameterTensors
      parameters[id] = tensor
      return try Executor(program, parameters: parameters)
    }
    expect(
      "parameter1 has no weights\n  fix: load a checkpoint that has it"
    ) { try load(nil) }
    let numbers = Reals([4, 3]) { _ in 1 }
    expect(
      """
      parameter1 has the shape [3, 4]
        fix: load a checkpoint where it is [4, 3]
      """
    ) { try load(Tensor(Reals(numbers.entries, shape: [3, 4]), .bfloat16)) }
    expect("parameter1 is made of F32\n  fix: give BF16, as planned") {
      try load(Tensor(numbers, .float32))
    }
  }

  @Test("Memory that the system does not give is an error")
  func noMemory() throws {
    var graph = Graph(name: "tiny")
    let x = graph.addInput("x", type: ValueType([.symbol("length"), 2]))
    graph.addOutput("y", try graph.apply(Scale(by: 2), to: [x])[0])
    let program = try Program(graph, shapes: ["x": [1 << 45, 2]])
    #expect(program.arena.byteCount >= 1 << 48)
    expect(
      "there is no memory of \(program.arena.byteCount) bytes\n"
        + "  fix: give smaller inputs, or lower ranks and widths"
    ) {
      try Executor(program, parameters: [:], threads: 1)
    }
  }
}
