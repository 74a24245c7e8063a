import ModelGraph
import PeftTensors
import Testing

@testable import CPUCore

@Suite("Inputs") struct InputTests {
  /// A little model of text: features of tokens, positions counted by the mask.
  private static func model() throws -> Example {
    var example = Example(seed: 1)
    let places: Shape = [.symbol("batch"), .symbol("sequence")]
    let tokens = example.graph.addInput("tokens", type: ValueType(places, .index))
    let types = example.graph.addInput(
      "types", type: ValueType(places, .index), isOptional: true)
    let mask = example.graph.addInput("mask", type: ValueType(places, .mask), isOptional: true)
    let shift = example.graph.addInput(
      "shift", type: ValueType([.symbol("batch"), .symbol("sequence"), 4]), isOptional: true)
    let table = try example.parameter([10, 4])
    let typeTable = try example.parameter([2, 4])
    let positionTable = try example.parameter([20, 4])
    let positions = try example.apply(Positions(offset: 2), tokens, mask)
    let features = [
      try example.apply(Embedding(), tokens, table),
      try example.apply(Embedding(), types, typeTable),
      try example.apply(Embedding(), positions, positionTable), shift,
    ]
    let x = try example.graph.apply(Add(), to: features)[0]
    let attention = Attention(
      heads: 2, keyValueHeads: 2, scale: 1, isCausal: false, hasMask: true)
    example.output(try example.graph.apply(attention, to: [x, x, x, mask])[0])
    return example
  }

  private static let tokens = Reals([1, 5, 9, 0, 3, 3], shape: [2, 3])

  @Test("Inputs that are left out are as if masks were ones and everything else zeros")
  func leftOut() throws {
    let example = try Self.model()
    let zeros = Reals([0, 0, 0, 0, 0, 0], shape: [2, 3])
    let ones = zeros.map { _ in 1 }
    let full: [String: Tensor] = [
      "tokens": Tensor(Self.tokens, .int64), "types": Tensor(zeros, .int64),
      "mask": Tensor(ones, .bool),
      "shift": Tensor([Float](repeating: 0, count: 24), shape: [2, 3, 4]),
    ]
    let expected = try example.run(full)
    for left in [["types"], ["mask"], ["shift"], ["types", "mask", "shift"]] {
      #expect(try example.run(full.filter { !left.contains($0.key) }) == expected)
    }
    // The memory of what is left out is filled for each run anew.
    let program = try Program(example.graph, shapes: ["tokens": [2, 3]])
    let executor = try Executor(program, parameters: example.parameterTensors, threads: 1)
    let tokens = full.filter { $0.key == "tokens" }
    for _ in 0..<3 { #expect(try executor.run(tokens)["output0"]?.floats() == expected) }
  }

  @Test(
    "Tokens and masks may be integers of any type",
    arguments: [NumberType.int64, .int32, .uint16, .uint8])
  func integers(type: NumberType) throws {
    let example = try Self.model()
    let mask = Reals([1, 1, 0, 1, 0, 1], shape: [2, 3])
    let expected = try example.run([
      "tokens": Tensor(Self.tokens, .int64), "mask": Tensor(mask, .bool),
    ])
    let found = try example.run(["tokens": Tensor(Self.tokens, type), "mask": Tensor(mask, type)])
    #expect(found == expected)
    // What is not zero counts.
    let large = mask.map { 7 * $0 }
    #expect(
      try example.run(["tokens": Tensor(Self.tokens, type), "mask": Tensor(large, type)])
        == expected)
  }

  @Test("Tokens of a vocabulary of two may be of truth values")
  func truthValues() throws {
    var example = Example(seed: 2)
    let tokens = example.input(Reals([1, 0, 1], shape: [3]), .index)
    example.output(try example.apply(Embedding(), tokens, try example.parameter([2, 3])))
    let found = try example.executor().run(["input0": Tensor(Reals([1, 0, 1], shape: [3]), .bool)])
    let expected = try #require(example.expected()["output0"])
    found["output0"].expect(expected) { _ in 0 }
  }

  @Test(
    "Real numbers may be of any type",
    arguments: [NumberType.float64, .float32, .float16, .bfloat16, .int64, .int32])
  func realNumbers(type: NumberType) throws {
    var example = Example(seed: 3)
    let numbers = Reals([1, -2, 3, 4, 0, -100], shape: [2, 3])
    example.output(try example.apply(Scale(by: 0.5), example.input(numbers, .float32)))
    let found = try example.executor().run(["input0": Tensor(numbers, type)])
    found["output0"].expect(numbers.map { $0 / 2 }) { _ in 0 }
  }

  @Test("Parameters may have axes of size 1 more or less than the graph says")
  func parameterAxes() throws {
    var example = Example(seed: 4)
    let x = example.input([2, 3])
    example.output(try example.apply(Add(), x, try example.parameter([1, 3])))
    let id = try #require(example.graph.parameter(named: "parameter0"))
    let tensor = try #require(example.parameterTensors[id])
    for shape in [[3], [1, 3], [1, 1, 3], [3, 1]] {
      let executor = try Executor(example.program, parameters: [id: tensor.reshaped(shape)])
      let found = try executor.run(example.inputTensors)
      let expected = try #require(example.expected()["output0"])
      found["output0"].expect(expected) { _ in 1e-6 }
    }
  }
}

extension Example {
  fileprivate func run(_ inputs: [String: Tensor]) throws -> [Float]? {
    let program = try Program(graph, shapes: inputs.mapValues(\.shape))
    return try Executor(program, parameters: parameterTensors, threads: 2).run(inputs)["output0"]?
      .floats()
  }
}
