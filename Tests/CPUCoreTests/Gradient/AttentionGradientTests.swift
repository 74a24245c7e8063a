import ModelGraph
import Testing

@testable import CPUCore

@Suite("Gradients of attention") struct AttentionGradientTests {
  struct Case: Sendable {
    var heads = 2
    var keyValueHeads = 2
    var queries = 5
    var keys = 5
    var isCausal = false
    var window: Int?
    var hasMask = false
    var hasBias = false
  }

  @Test(
    "They agree with finite differences",
    arguments: [
      Case(), Case(isCausal: true), Case(heads: 4, keyValueHeads: 2, isCausal: true),
      Case(queries: 3, keys: 6), Case(isCausal: true, window: 2), Case(hasMask: true),
      Case(hasBias: true), Case(queries: 4, keys: 6, hasMask: true, hasBias: true),
    ])
  func finiteDifferences(_ sizes: Case) throws {
    var example = Example(seed: sizes.queries)
    let operands = [
      example.input([2, sizes.queries, sizes.heads * 3]),
      example.input([2, sizes.keys, sizes.keyValueHeads * 3]),
      example.input([2, sizes.keys, sizes.keyValueHeads * 4]),
    ]
    let mask = sizes.hasMask ? [example.mask([2, sizes.keys])] : []
    let bias = sizes.hasBias ? [example.input([1, sizes.heads, sizes.queries, sizes.keys])] : []
    let attention = Attention(
      heads: sizes.heads, keyValueHeads: sizes.keyValueHeads, scale: 0.7,
      isCausal: sizes.isCausal, window: sizes.window, hasMask: sizes.hasMask,
      hasBias: sizes.hasBias)
    example.output(
      try example.graph.apply(attention, to: operands + mask + bias, in: "module")[0])
    try example.checkGradients()
  }
}
