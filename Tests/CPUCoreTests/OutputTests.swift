import ModelGraph
import PeftTensors
import Testing

@testable import CPUCore

@Suite("Outputs") struct OutputTests {
  @Test(
    "Inputs, parameters and parts of them are outputs as they are", arguments: ElementType.floats)
  func untouched(element: ElementType) throws {
    var example = Example(seed: 1)
    let x = example.input([2, 3, 7])
    let weight = try example.parameter([5, 3], element)
    let parts = try example.graph.apply(Split(sizes: [2, 4, 1]), to: [x])
    example.output(
      x, weight, parts[1], try example.apply(Slice(axis: 1, 1..<3), weight),
      try example.apply(Reshape([6, 7]), x), try example.apply(Dropout(rate: 0.5), x),
      example.tokens([2, 3], below: 100), example.mask([2, 3]), try example.parameter([], element))
    try example.check(tolerance: 0)
  }

  @Test("A value may be several outputs, whole and in parts")
  func sharedValues() throws {
    var example = Example(seed: 2)
    let x = example.input([2, 3, 6])
    let y = try example.apply(Activation(.tanh), x)
    let parts = try example.graph.apply(Split(sizes: [2, 4]), to: [y])
    let flat = try example.apply(Reshape([36]), y)
    example.output(y, y, parts[0], parts[1], flat, try example.apply(Scale(by: 2), y), y)
    let product = try example.linear(y, 6, 6)
    example.output(product, try example.apply(Dropout(rate: 0.1), product))
    try example.check()
  }

  @Test("An output that is read further keeps its numbers")
  func readFurther() throws {
    var example = Example(seed: 3)
    var x = example.input([4, 5])
    for _ in 0..<6 {
      x = try example.apply(Activation(.tanh), x)
      example.output(x)
      x = try example.apply(Softmax(), x)
      x = try example.apply(Scale(by: 3), x)
    }
    try example.check()
  }

  @Test("A sum of a value and a part of it does not overwrite what it still reads")
  func ownPart() throws {
    var example = Example(seed: 6)
    let x = try example.apply(Activation(.tanh), example.input([5, 7]))
    let firstRow = try example.apply(Slice(axis: 0, 0..<1), x)
    example.output(try example.apply(Scale(by: 2), try example.apply(Add(), x, firstRow)))
    // The result is as large as the whole of which a row is read again and again.
    let z = try example.apply(Activation(.tanh), example.input([5, 7]))
    let otherRow = try example.apply(Slice(axis: 0, 1..<2), z)
    let sum = try example.apply(Add(), otherRow, example.input([5, 7]))
    example.output(try example.apply(Scale(by: 2), sum))
    let y = try example.apply(Activation(.tanh), example.input([4, 4]))
    let column = try example.apply(Slice(axis: 1, 3..<4), y)
    example.output(try example.apply(Scale(by: 2), try example.apply(Multiply(), y, column)))
    try example.check()
  }

  @Test("Only the wanted outputs are computed, from the inputs that they need")
  func wanted() throws {
    var example = Example(seed: 4)
    let (x, y) = (example.input([2, 3]), example.input([5]))
    example.output(try example.apply(Scale(by: 2), x), try example.apply(Scale(by: 3), y))
    let program = try Program(example.graph, shapes: ["input1": [5]], outputs: ["output1"])
    #expect(program.inputs.map(\.name) == ["input1"])
    #expect(program.steps.count == 1)
    let found = try Executor(program, parameters: [:]).run(example.inputTensors)
    #expect(found.keys.sorted() == ["output1"])
    let expected = try #require(example.expected()["output1"])
    found["output1"].expect(expected) { _ in 1e-6 }
  }

  @Test("What the caller holds stays as it is in later runs; what nobody holds is used again")
  func heldOutputs() throws {
    var example = Example(seed: 5)
    let x = example.input([3, 5])
    let y = try example.linear(x, 5, 4)
    example.output(y, try example.apply(Activation(.exp), y))
    let executor = try example.executor()
    let first = try executor.run(example.inputTensors)
    let kept = first.mapValues { $0.floats() }
    var held: [String: Tensor] = ["output1": try #require(first["output1"])]
    for seed in 0..<4 {
      let other = example.withOtherInputs(seed: seed)
      let found = try executor.run(other.inputTensors)
      for (name, reals) in try other.expected() { found[name].expect(reals) { _ in 1e-4 } }
      held["run \(seed)"] = found["output0"]
    }
    #expect(first.mapValues { $0.floats() } == kept)
    for seed in 0..<4 {
      let expected = try #require(example.withOtherInputs(seed: seed).expected()["output0"])
      held["run \(seed)"].expect(expected) { _ in 1e-4 }
    }
  }
}
