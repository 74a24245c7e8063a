import ModelGraph
import PeftTensors
import PeftTestSupport
import Testing

@testable import CPUCore

@Suite("Weights that are made once for several runs") struct MadeWeightsTests {
  private let rows = 40

  /// A layer whose weight has a deep update, which is worth adding to it.
  private func example() throws -> Example {
    var example = Example(seed: 1)
    let x = example.input([rows, 20])
    let (p, q) = (try example.parameter([24, 20]), try example.parameter([20, 20]))
    let update = try example.apply(MatrixProduct(), p, q)
    let sum = try example.apply(Add(), try example.parameter([24, 20]), update)
    let y = try example.apply(Linear(), x, sum)
    example.output(try example.apply(Activation(.gelu), y))
    return example
  }

  private func program(_ example: Example, runs: Int) throws -> Program {
    try Program(example.graph, shapes: example.inputs.mapValues(\.shape), runs: runs)
  }

  private func check(_ executor: Executor, _ example: Example) throws {
    let found = try executor.run(example.inputTensors)
    for (name, reals) in try example.expected() {
      found[name].expect(reals) { _ in 1e-5 * reals.largest }
    }
  }

  @Test("They come first, and what they lie in is nobody else's")
  func plan() throws {
    let example = try example()
    let program = try program(example, runs: 3)
    #expect(program.madeCount == 1)
    #expect(program.steps[0].results[0].layout.shape == [24, 20])
    #expect(try self.program(example, runs: 1).madeCount == 0)
    let executor = try Executor(program, parameters: example.parameterTensors, threads: 2)
    for seed in 1...3 { try check(executor, example.withOtherInputs(seed: seed)) }
  }

  @Test("They are made again when what is trained has changed")
  func changes() throws {
    let example = try example()
    let program = try program(example, runs: 3)
    let id = try #require(example.graph.parameter(named: "parameter0"))
    let start = try #require(example.parameterTensors[id])
    let trained = try TrainedParameters([(id: id, name: "parameter0", tensor: start)])
    let executor = try Executor(
      program, parameters: example.parameterTensors, trained: trained, threads: 2)
    try check(executor, example)
    let before = try executor.run(example.inputTensors)["output0"]?.floats()
    trained.change { values in for index in values[0].indices { values[0][index] += 1 } }
    let after = try executor.run(example.inputTensors)["output0"]?.floats()
    #expect(before != after)
    trained.restore(["parameter0": start])
    #expect(try executor.run(example.inputTensors)["output0"]?.floats() == before)
  }

  @Test("They are made again when another program has used the memory")
  func sharedWorkspace() throws {
    let example = try example()
    let workspace = try Workspace(threads: 2)
    func executor(runs: Int) throws -> Executor {
      try Executor(
        program(example, runs: runs), parameters: example.parameterTensors, workspace: workspace)
    }
    let (kept, other) = (try executor(runs: 3), try executor(runs: 1))
    for seed in 1...2 {
      try check(kept, example.withOtherInputs(seed: seed))
      try check(kept, example.withOtherInputs(seed: seed + 10))
      try check(other, example.withOtherInputs(seed: seed + 20))
    }
  }
}
