import ModelGraph
import Testing

@testable import CPUCore

@Suite("Attention of the CPU core") struct AttentionTests {
  struct Case: CustomTestStringConvertible {
    var batch = 1
    var queries: Int
    var keys: Int
    var heads = (2, 2)
    var sizes = (3, 3)
    var isCausal = false
    var window: Int? = nil

    var testDescription: String {
      "\(batch) × \(queries) → \(keys), heads \(heads) of \(sizes), causal \(isCausal), "
        + "window \(window ?? 0)"
    }

    func operation(hasMask: Bool, hasBias: Bool) -> Attention {
      Attention(
        heads: heads.0, keyValueHeads: heads.1, scale: 1.7, isCausal: isCausal, window: window,
        hasMask: hasMask, hasBias: hasBias)
    }
  }

  static let cases = [
    Case(queries: 1, keys: 1, heads: (1, 1), sizes: (1, 1), isCausal: true),
    Case(batch: 2, queries: 17, keys: 17, heads: (6, 2), sizes: (5, 3), isCausal: true),
    Case(batch: 2, queries: 64, keys: 64, heads: (2, 1), sizes: (2, 7), isCausal: true),
    Case(queries: 65, keys: 65, isCausal: true, window: 7),
    Case(queries: 65, keys: 65, isCausal: true, window: 65),
    Case(batch: 2, queries: 130, keys: 130, sizes: (16, 1), isCausal: true, window: 64),
    Case(queries: 130, keys: 130, isCausal: true, window: 1),
    Case(queries: 17, keys: 17, isCausal: true, window: 100),
    Case(batch: 3, queries: 65, keys: 65, heads: (4, 2), sizes: (2, 5)),
    Case(batch: 2, queries: 17, keys: 65, heads: (3, 3), sizes: (2, 2)),
    Case(batch: 2, queries: 130, keys: 3, heads: (4, 1), sizes: (1, 3)),
    Case(queries: 5, keys: 130, isCausal: true), Case(queries: 130, keys: 5, isCausal: true),
  ]

  @Test("Every head sees what it may see, weighed by its scores", arguments: cases)
  func attention(of sizes: Case) throws {
    for (hasMask, hasBias) in [(false, false), (true, false), (false, true), (true, true)] {
      var example = Example(seed: sizes.queries)
      let operands = try example.operands(sizes, hasMask: hasMask, hasBias: hasBias)
      let operation = sizes.operation(hasMask: hasMask, hasBias: hasBias)
      example.output(try example.graph.apply(operation, to: operands)[0])
      try example.check()
    }
  }

  @Test("Query, key and value may be parts of one product's rows", arguments: [(4, 4), (6, 2)])
  func parts(heads: (Int, Int)) throws {
    var example = Example(seed: 5)
    let (query, key, value) = (heads.0 * 4, heads.1 * 4, heads.1 * 3)
    let x = example.input([2, 33, query + key + value], from: -2, to: 2)
    let parts = try example.graph.apply(Split(sizes: [query, key, value]), to: [x])
    let operation = Attention(
      heads: heads.0, keyValueHeads: heads.1, scale: 0.5, isCausal: true, window: 9)
    example.output(try example.graph.apply(operation, to: parts)[0])
    try example.check()
  }

  @Test("Mask and bias may be parts of wider rows")
  func maskParts() throws {
    var example = Example(seed: 6)
    let operands = [
      example.input([2, 3, 4]), example.input([2, 5, 4]), example.input([2, 5, 4]),
      try example.apply(Slice(axis: 1, 2..<7), example.mask([2, 9])),
      try example.apply(Slice(axis: 3, 1..<6), example.input([1, 2, 3, 8])),
    ]
    let operation = Attention(
      heads: 2, keyValueHeads: 2, scale: 1, isCausal: false, hasMask: true, hasBias: true)
    example.output(try example.graph.apply(operation, to: operands)[0])
    try example.check()
  }

  @Test("A query that sees no key gives zeros", arguments: [true, false])
  func nothingSeen(isCausal: Bool) throws {
    var example = Example(seed: 7)
    var mask = Reals([Double](repeating: 0, count: 2 * 17), shape: [2, 17])
    for key in 3..<17 { mask.entries[17 + key] = 1 }
    let operands = [
      example.input([2, 17, 4]), example.input([2, 17, 4]), example.input([2, 17, 4]),
      example.input(mask, .mask),
    ]
    let operation = Attention(
      heads: 2, keyValueHeads: 2, scale: 1, isCausal: isCausal, hasMask: true)
    example.output(try example.graph.apply(operation, to: operands)[0])
    try example.check()
  }

  @Test("Queries whose window ends before the first of few keys give zeros", arguments: [1, 3, 70])
  func windowPastTheKeys(window: Int) throws {
    var example = Example(seed: 8)
    let operands = [
      example.input([2, 150, 4]), example.input([2, 5, 4]), example.input([2, 5, 4]),
    ]
    // Read once and then in the way no more: the result takes its place.
    let other = example.input([2, 150, 4])
    example.output(try example.apply(TakeToken(.at(0)), other))
    let operation = Attention(
      heads: 2, keyValueHeads: 2, scale: 1, isCausal: true, window: window)
    let y = try example.graph.apply(operation, to: operands)[0]
    example.output(try example.apply(Softmax(), y))
    try example.check()
  }

  @Test("A number that is none is not hidden")
  func notANumber() throws {
    var example = Example(seed: 9)
    let operands = [
      example.input(Reals([.nan, 1, 2, 3], shape: [1, 2, 2]), .float32), example.input([1, 3, 2]),
      example.input([1, 3, 2]),
    ]
    let operation = Attention(heads: 1, keyValueHeads: 1, scale: 1, isCausal: false)
    example.output(try example.graph.apply(operation, to: operands)[0])
    let found = try #require(example.executor().run(example.inputTensors)["output0"]).floats()
    #expect(found.map(\.isNaN) == [true, true, false, false])
  }

  @Test(
    "A bias for distances is that of T5's buckets",
    arguments: [(32, 128), (32, 20), (8, 128), (2, 5), (17, 64)],
    [(1, 1), (130, 130), (3, 257), (257, 5)])
  func relativePositions(buckets: (Int, Int), lengths: (Int, Int)) throws {
    for isBidirectional in [true, false] where buckets.0 > 2 || !isBidirectional {
      var example = Example(seed: 10)
      let table = try example.parameter([buckets.0, 3])
      let queries = example.input([2, lengths.0, 1])
      let keys = example.input([1, lengths.1, 5])
      let operation = RelativePositionBias(
        maximumDistance: buckets.1, isBidirectional: isBidirectional)
      example.output(try example.apply(operation, table, queries, keys))
      try example.check(tolerance: 0)
    }
  }
}

extension Example {
  fileprivate mutating func operands(
    _ sizes: AttentionTests.Case, hasMask: Bool, hasBias: Bool
  ) throws -> [Value.ID] {
    var operands = [
      input([sizes.batch, sizes.queries, sizes.heads.0 * sizes.sizes.0], from: -2, to: 2),
      input([sizes.batch, sizes.keys, sizes.heads.1 * sizes.sizes.0], from: -2, to: 2),
      input([sizes.batch, sizes.keys, sizes.heads.1 * sizes.sizes.1]),
    ]
    if hasMask { operands.append(mask([sizes.batch, sizes.keys])) }
    if hasBias { operands.append(input([1, sizes.heads.0, sizes.queries, sizes.keys])) }
    return operands
  }
}
