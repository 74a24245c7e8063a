import ModelGraph
import PeftTensors
import Testing

@testable import CPUCore

@Suite("Dropout") struct DropoutTests {
  private static func graph(_ rate: Double) throws -> Graph {
    var graph = Graph(name: "drop")
    let x = graph.addInput("x", type: ValueType([.symbol("rows"), 1000]))
    graph.addOutput("y", try graph.apply(Dropout(rate: rate), to: [x])[0])
    return graph
  }

  private static func run(
    _ rate: Double, seed: UInt64, threads: Int = 2, isTraining: Bool = true
  ) throws -> [Float] {
    let program = try Program(graph(rate), shapes: ["x": [64, 1000]], isTraining: isTraining)
    let executor = try Executor(program, parameters: [:], threads: threads)
    let ones = Tensor([Float](repeating: 1, count: 64_000), shape: [64, 1000])
    return try #require(try executor.run(["x": ones], seed: seed)["y"]).floats()
  }

  @Test(
    "Every instruction set drops the same entries, wherever a part begins",
    arguments: KernelTableTests.tables, KernelTableTests.sizes)
  func kernels(kernels: KernelSet, size: Int) {
    let (key, threshold): (UInt64, UInt32) = (0x0123_4567_89AB_CDEF, 1 << 30)
    for first: UInt32 in [0, 7, .max - 3] {
      let expected = (0..<UInt32(size)).map { index -> Float in
        var word = (first &+ index) ^ UInt32(truncatingIfNeeded: key)
        word = (word ^ (word >> 16)) &* 0x7FEB_352D
        word = (word ^ (word >> 15) ^ UInt32(key >> 32)) &* 0x846C_A68B
        word ^= word >> 16
        return word < threshold ? 0 : 3
      }
      for place in Placement.unary {
        let y = place.unary([Float](repeating: 2, count: size)) {
          kernels.table.drop(size, key, first, threshold, 1.5, $0, $1)
        }
        #expect(y == expected)
      }
    }
  }

  @Test("Outside training nothing is dropped")
  func evaluation() throws {
    #expect(try Self.run(0.5, seed: 1, isTraining: false).allSatisfy { $0 == 1 })
  }

  @Test("The rate is kept, and what stays is made larger", arguments: [0.05, 0.1, 0.5, 0.9])
  func rate(rate: Double) throws {
    let y = try Self.run(rate, seed: 3)
    let dropped = y.count { $0 == 0 }
    // Four standard deviations of a fair draw.
    let tolerance = 4 * (64_000 * rate * (1 - rate)).squareRoot()
    #expect(abs(Double(dropped) - 64_000 * rate) < tolerance)
    #expect(y.allSatisfy { $0 == 0 || $0 == Float(1 / (1 - rate)) })
  }

  @Test("Rows, places and seeds have numbers of their own")
  func independence() throws {
    let (y, other) = (try Self.run(0.5, seed: 3), try Self.run(0.5, seed: 4))
    func agreement(_ a: [Float], _ b: [Float]) -> Double {
      Double(zip(a, b).count { $0 == $1 }) / Double(min(a.count, b.count))
    }
    #expect(abs(agreement(y, other) - 0.5) < 0.01)
    // Rows against the next row, places against the next place, columns against the next pair.
    for shift in [1000, 1, 2, 16, 64] {
      #expect(abs(agreement(y, Array(y.dropFirst(shift))) - 0.5) < 0.01, "\(shift)")
    }
  }

  @Test("The same seed gives the same bits, for any number of threads")
  func determinism() throws {
    let first = try Self.run(0.3, seed: 9, threads: 1)
    for threads in 1...4 { #expect(try Self.run(0.3, seed: 9, threads: threads) == first) }
  }

  @Test("What a position's entries lose does not depend on how many positions of padding follow")
  func padding() throws {
    var graph = Graph(name: "drop")
    let type = ValueType([.symbol("batch"), .symbol("length"), 16])
    let x = graph.addInput("x", type: type)
    graph.addOutput("y", try graph.apply(Dropout(rate: 0.5), to: [x])[0])
    let attention = Attention(heads: 2, keyValueHeads: 2, scale: 1, isCausal: true, dropout: 0.5)
    graph.addOutput("z", try graph.apply(attention, to: [x, x, x])[0])
    func rows(_ length: Int, fullLength: Int?) throws -> [[Float]] {
      let program = try Program(graph, shapes: ["x": [3, length, 16]], isTraining: true)
      let ones = Tensor([Float](repeating: 1, count: 48 * length), shape: [3, length, 16])
      let results = try Executor(program, parameters: [:]).run(
        ["x": ones], seed: 4, fullLength: fullLength)
      // The first five positions of each row.
      return try ["y", "z"].flatMap { name in
        let values = try #require(results[name]).floats()
        return (0..<3).map { Array(values[$0 * length * 16..<($0 * length + 5) * 16]) }
      }
    }
    let full = try rows(70, fullLength: nil)
    #expect(try rows(5, fullLength: 70) == full)
    #expect(try rows(9, fullLength: 70) == full)
    #expect(try rows(70, fullLength: 70) == full)
    #expect(try rows(5, fullLength: nil) != full)
    #expect(Set(full).count == 6, "rows have numbers of their own")
  }

  @Test("Attention multiplies rounded factors with dropout as well")
  func roundedAttention() throws {
    for rate in [0, 0.5] {
      var graph = Graph(name: "attention")
      let shape = [2, 70, 8]
      let x = graph.addInput("x", type: ValueType([2, 70, 8]))
      let attention = Attention(
        heads: 2, keyValueHeads: 2, scale: 1, isCausal: true, dropout: rate)
      graph.addOutput("y", try graph.apply(attention, to: [x, x, x])[0])
      let program = try Program(
        graph, shapes: ["x": shape], isTraining: true, precision: .bf16)
      let steps = program.steps.filter { !($0.kernel is Convert) }
      #expect(steps.count == 1)
      #expect(steps[0].operands.map(\.element) == [.bfloat16, .bfloat16, .bfloat16])
    }
  }

  @Test("Attention drops its weights, the same ones however long the keys are cut")
  func attention() throws {
    var graph = Graph(name: "attention")
    let type = ValueType([.symbol("batch"), .symbol("length"), 8])
    let q = graph.addInput("q", type: type)
    let v = graph.addInput("v", type: type)
    let attention = Attention(
      heads: 2, keyValueHeads: 2, scale: 1, isCausal: true, dropout: 0.5)
    graph.addOutput("y", try graph.apply(attention, to: [q, q, v])[0])
    let shape = [3, 70, 8]
    let program = try Program(graph, shapes: ["q": shape, "v": shape], isTraining: true)
    let executor = try Executor(program, parameters: [:])
    // Equal scores and values: a row's result is the share of weights that stayed, doubled.
    let inputs = [
      "q": Tensor([Float](repeating: 0, count: 1680), shape: shape),
      "v": Tensor([Float](repeating: 1, count: 1680), shape: shape),
    ]
    let y = try #require(try executor.run(inputs, seed: 1)["y"]).floats()
    #expect(abs(y.reduce(0, +) / 1680 - 1) < 0.05)
    #expect(Set(y.suffix(8).map { $0 }).count == 2, "two heads, each with draws of its own")
    #expect(try executor.run(inputs, seed: 2)["y"]?.floats() != y)
    #expect(try executor.run(inputs, seed: 1)["y"]?.floats() == y)
  }
}
