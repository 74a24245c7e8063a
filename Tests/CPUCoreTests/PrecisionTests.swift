import PeftTensors
import PeftTestSupport
import Testing

@testable import CPUCore
@testable import ModelGraph

@Suite("Products of bfloat16") struct PrecisionTests {
  static let samples = OperatorCatalogTests.samples.filter {
    !$0.operation.multipliedOperands.isEmpty
  }

  /// The weights of attention, and the gradients of scores and logits, are rounded within a kernel: to 8
  /// bits, where they are multiplied with.
  private static let roundedWithin = 0x1p-7

  @Test(
    "Every operator that multiplies computes its definition of rounded factors", arguments: samples)
  func definition(_ sample: OperatorSample) throws {
    var example = try sample.example()
    example.precision = .bf16
    let isExact = !["attention", "cached_attention", "head_cross_entropy"].contains {
      sample.operation.name.hasPrefix($0)
    }
    try example.check(tolerance: isExact ? Tolerance.chains : Self.roundedWithin)
  }

  @Test("Convolutions apart, they are those whose results depend on it")
  func operators() {
    let names = Set(Self.samples.map(\.operation.name))
    #expect(
      names == [
        "linear", "matmul", "attention", "attention_gradient", "linear_weight_gradient",
        "head_cross_entropy", "cached_attention",
      ])
  }

  @Test("A factor is rounded once, however often it is read, and so is what it is a part of")
  func once() throws {
    var example = Example(seed: 1)
    let x = example.input([5, 12])
    let parts = try example.graph.apply(Split(sizes: [8, 4]), to: [x])
    for part in parts + parts {
      let width = example.graph[part].type.shape.dimensions.last?.size ?? 0
      example.output(try example.linear(part, width, 3))
    }
    let rounded = try example.graph.roundingFactors(isTraining: false)
    let conversions = rounded.nodes.filter { $0.operation is Convert }
    let ofInputs = conversions.filter { rounded.parameter(readBy: $0.operands[0]) == nil }
    #expect(ofInputs.count == 1)
    #expect(conversions.count == 5)
    example.precision = .bf16
    try example.check()
  }

  @Test("Parameters are rounded once, those of 16 bits are read as they are", arguments: [1, 2])
  func parameters(threads: Int) throws {
    var example = Example(seed: 2)
    example.precision = .bf16
    let x = example.input([4, 70_000])
    let first = try example.parameter([3, 70_000])
    let second = try example.parameter([3, 70_000], .bfloat16)
    let third = try example.parameter([3, 70_000], .float16)
    for weight in [first, second, third] { example.output(try example.apply(Linear(), x, weight)) }
    let program = try example.program
    #expect(program.rounded.count == 2)
    #expect(program.steps.count(where: { $0.kernel is Convert }) == 1)
    let rounded = RoundedParameters()
    for _ in 0..<2 {
      let executor = try Executor(
        program, parameters: example.parameterTensors, rounded: rounded, threads: threads)
      let found = try executor.run(example.inputTensors)
      for (name, reals) in try example.expected() {
        found[name].expect(reals) { _ in 1e-4 * reals.largest }
      }
      #expect(rounded.byteCount == 2 * 2 * 210_000)
    }
  }

  @Test("What a product makes for others is rounded where it is made")
  func fused() throws {
    var example = Example(seed: 3)
    example.precision = .bf16
    let x = example.input([600, 40])
    let inner = try example.apply(Activation(.gelu), try example.linear(x, 40, 1100))
    example.output(try example.linear(inner, 1100, 30))
    let kernels = try example.program.steps.map { "\(type(of: $0.kernel))" }
    #expect(kernels == ["Convert", "DenseProduct", "DenseProduct"])
    // Where a sum in 32 bits is close to a tie, a factor is rounded to the other side.
    try example.check(tolerance: 0x1p-10)
  }

  @Test("Results are the same bits for any number of threads")
  func sameBits() throws {
    var example = Example(seed: 4)
    example.precision = .bf16
    let x = example.input([2, 130, 48])
    let parts = try example.graph.apply(
      Split(sizes: [32, 16, 16]), to: [try example.linear(x, 48, 64)])
    let attention = Attention(heads: 4, keyValueHeads: 2, scale: 0.35, isCausal: true)
    let y = try example.graph.apply(attention, to: parts)[0]
    example.output(try example.apply(Add(), try example.linear(y, 32, 48), x))
    let first = try example.executor(threads: 1).run(example.inputTensors).mapValues { $0.floats() }
    for threads in [1, 2, 3, 5] {
      let again = try example.executor(threads: threads).run(example.inputTensors)
      #expect(again.mapValues { $0.floats() } == first, "\(threads) threads")
    }
  }

  @Test(
    "Sums are added to, scaled or both",
    arguments: [Float(1), 0.25].flatMap { scale in [false, true].map { (scale, $0) } })
  func scaledSums(scale: Float, adding: Bool) throws {
    var random = RandomNumbers(seed: 5)
    let (rows, columns, depth) = (19, 33, 40)
    let (a, b) = (halves(rows * depth, &random), halves(depth * columns, &random))
    let before = (0..<rows * columns).map { _ in Float(random.real()) }
    for (aIsTransposed, bIsTransposed) in [
      (false, false), (true, false), (false, true), (true, true),
    ] {
      var result = before
      let run: Void? = WorkerThread.run {
        a.withUnsafeBytes { a in
          b.withUnsafeBytes { b in
            guard let a = a.baseAddress, let b = b.baseAddress else { return }
            multiply(
              MatrixFactor(
                start: a, element: .bfloat16, stride: aIsTransposed ? rows : depth,
                isTransposed: aIsTransposed),
              MatrixFactor(
                start: b, element: .bfloat16, stride: bIsTransposed ? depth : columns,
                isTransposed: bIsTransposed), rows: rows, columns: columns, depth: depth,
              scale: scale, adding: adding, to: &result, stride: columns)
          }
        }
      }
      try #require(run != nil)
      for row in 0..<rows {
        for column in 0..<columns {
          let sum = (0..<depth).reduce(0.0) { sum, k in
            let left = a[aIsTransposed ? k * rows + row : row * depth + k]
            let right = b[bIsTransposed ? column * depth + k : k * columns + column]
            return sum + Double(Float(brainFloat: left)) * Double(Float(brainFloat: right))
          }
          let place = row * columns + column
          let expected = Double(scale) * sum + (adding ? Double(before[place]) : 0)
          #expect(abs(Double(result[place]) - expected) < 1e-5)
        }
      }
    }
  }

  private func halves(_ count: Int, _ random: inout RandomNumbers) -> [UInt16] {
    (0..<count).map { _ in Float(random.real()).brainFloatBits }
  }
}
