import ModelGraph
import PeftTestSupport
import Testing

@testable import CPUCore

@Suite("Kernels of rows that read and write bfloat16") struct RowBlocksTests {
  /// Operators whose kernels are `RowKernel`s, and their operands beside the first, which has the result's shape.
  private static let operations: [(operation: any Operator, others: [[Int]])] = [
    (Activation(.gelu), []), (Scale(by: 3), []), (Add(), [[5, 6]]), (Add(), [[6]]),
    (Multiply(), [[5, 6]]), (LayerNorm(epsilon: 1e-5), [[6], [6]]),
    (RMSNorm(epsilon: 1e-6), [[6]]), (Softmax(), []), (UnitLength(), []),
    (TanhGELUGate(), [[5, 6]]), (ActivationGradient(.silu), [[5, 6]]),
    (LayerNormGradient(epsilon: 1e-5), [[5, 6], [6]]),
    (RMSNormGradient(epsilon: 1e-6, weightOffset: 0), [[5, 6], [6]]),
    (SoftmaxGradient(), [[5, 6]]),
  ]

  @Test("What they make for products is rounded where it is made", arguments: operations.indices)
  func results(index: Int) throws {
    let (operation, others) = Self.operations[index]
    var example = Example(seed: index)
    example.precision = .bf16
    let operands = [example.input([5, 6])] + others.map { example.input($0) }
    let value = try example.graph.apply(operation, to: operands, in: "module")[0]
    example.output(
      try example.apply(Linear(), value, try example.parameter([2, 6])))
    let kernels = try example.program.steps.map(\.kernel)
    #expect(kernels.map { "\(type(of: $0))" } == ["RowBlocks", "DenseProduct"])
    try example.check(tolerance: 0x1p-10)
  }

  @Test("What a layer makes for them is kept in 16 bits, and read so")
  func operands() throws {
    var example = Example(seed: 20)
    example.precision = .bf16
    let x = example.input([60, 4])
    let y = try example.apply(Linear(), x, try example.parameter([9, 4]))
    let active = try example.apply(Activation(.gelu), y)
    let gradient = try example.apply(ActivationGradient(.gelu), y, example.input([60, 9]))
    example.output(active, gradient)
    let steps = try example.program.steps
    #expect(
      steps.map { "\(type(of: $0.kernel))" } == [
        "Convert", "DenseProduct", "RowBlocks", "RowBlocks",
      ])
    #expect(steps[1].results[0].element == .bfloat16)
    try example.check(tolerance: 0x1p-8)
  }

  @Test("Rows are shared out in several blocks")
  func blocks() throws {
    var example = Example(seed: 22)
    example.precision = .bf16
    let value = try example.apply(Activation(.relu), example.input([5, 9000]))
    example.output(try example.apply(Linear(), value, try example.parameter([1, 9000])))
    try example.check(tolerance: 0x1p-10)
  }

  @Test("Rows that are broadcast are left alone")
  func broadcast() throws {
    var example = Example(seed: 21)
    example.precision = .bf16
    let (a, b) = (example.input([6, 1, 16]), example.input([1, 5, 16]))
    let product = try example.apply(Multiply(), a, b)
    example.output(try example.apply(Linear(), product, try example.parameter([4, 16])))
    try example.check(tolerance: 0x1p-10)
  }
}
