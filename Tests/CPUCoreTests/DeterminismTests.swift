import ModelGraph
import PeftTensors
import Testing

@testable import CPUCore

@Suite("Threads") struct DeterminismTests {
  @Test("Results are the same bits for any number of threads, and from run to run")
  func sameBits() throws {
    for example in [try Self.attention(), try Self.products(), try Self.elementwise()] {
      let inputs = example.inputTensors
      let first = try example.executor(threads: 1).run(inputs).mapValues { $0.floats() }
      #expect(first.values.allSatisfy { $0.allSatisfy(\.isFinite) })
      for threads in [1, 2, 3, 5] {
        let executor = try example.executor(threads: threads)
        for _ in 0..<3 {
          let again = try executor.run(inputs).mapValues { $0.floats() }
          #expect(again == first, "\(threads) threads")
        }
      }
    }
  }

  private static func attention() throws -> Example {
    var example = Example(seed: 1)
    let x = example.input([2, 130, 48])
    let parts = try example.graph.apply(
      Split(sizes: [32, 16, 16]), to: [try example.linear(x, 48, 64)])
    let rotary = Rotary(headSize: 8, rotarySize: 8, theta: 10_000)
    let operands = [
      try example.apply(rotary, parts[0]), try example.apply(rotary, parts[1]), parts[2],
      example.mask([2, 130]),
    ]
    let operation = Attention(
      heads: 4, keyValueHeads: 2, scale: 0.35, isCausal: true, hasMask: true)
    let y = try example.graph.apply(operation, to: operands)[0]
    example.output(try example.apply(Add(), try example.linear(y, 32, 48), x))
    return example
  }

  private static func products() throws -> Example {
    var example = Example(seed: 2)
    let x = example.input([300, 33])
    let y = try example.linear(x, 33, 1100)
    let active = try example.apply(Activation(.gelu), y)
    let half = try example.parameter([300, 1100], .bfloat16)
    example.output(try example.apply(Linear(), active, half))
    let transposed = MatrixProduct(transposesFirst: true)
    example.output(try example.apply(transposed, x, try example.apply(Softmax(), x)))
    return example
  }

  private static func elementwise() throws -> Example {
    var example = Example(seed: 3)
    let x = example.input([70, 1000])
    let norm = try example.apply(LayerNorm(epsilon: 1e-5), x)
    let sum = try example.apply(Add(), norm, example.input([1000]))
    example.output(try example.apply(Softmax(), sum))
    let image = example.input([2, 3, 32, 32])
    let weight = try example.parameter([5, 3, 4, 4])
    let features = try example.apply(Convolution2D(stride: 4), image, weight)
    example.output(try example.apply(Patches(), features))
    return example
  }

  @Test("Executors in several tasks at once do not disturb each other")
  func concurrentExecutors() async throws {
    let example = try Self.attention()
    let expected = try example.executor(threads: 1).run(example.inputTensors)
    let alone = expected.mapValues { $0.floats() }
    try await withThrowingTaskGroup(of: [String: [Float]].self) { group in
      for _ in 0..<4 {
        group.addTask {
          let executor = try example.executor(threads: 2)
          return try executor.run(example.inputTensors).mapValues { $0.floats() }
        }
      }
      for try await found in group { #expect(found == alone) }
    }
  }

  @Test("Tasks are all run, each once, with any number of threads", arguments: [1, 2, 3, 5])
  func everyTaskOnce(threads: Int) throws {
    let pool = try WorkerPool(count: threads)
    for tasks in [0, 1, 2, 3, 100, 1000] {
      let counts = UnsafeMutableBufferPointer<Int32>.allocate(capacity: tasks + 1)
      counts.initialize(repeating: 0)
      defer { counts.deallocate() }
      pool.perform {
        pool.run(tasks) { task, worker in
          counts[task] += 1
          if !(0..<threads ~= worker) { counts[tasks] += 1 }
        }
      }
      #expect(counts.dropLast().allSatisfy { $0 == 1 })
      #expect(counts[tasks] == 0)
    }
  }
}
