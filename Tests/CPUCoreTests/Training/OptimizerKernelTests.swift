import CKernels
import PeftTestSupport
import Testing

/// The optimizers' loops in every instruction set, against their formulas in double precision.
@Suite("C kernels of optimizers") struct OptimizerKernelTests {
  /// A few roundings of sums whose terms are below 4.
  private static let tolerance = 32 * 0x1p-24

  @Test(
    "Adam, with decay of weights and of gradients",
    arguments: KernelTableTests.tables, KernelTableTests.sizes)
  func adam(kernels: KernelSet, size: Int) {
    var parameters = ck_adam_parameters(
      gradient_scale: 0.5, weight_decay: 0.25, one_minus_beta1: 0.1, beta2: 0.99,
      one_minus_beta2: 0.01, decay_factor: 0.875, step_size: 0.0625, bias_correction2_sqrt: 0.5,
      epsilon: 0.125)
    let before = Numbers(size)
    var (m, v, w) = (before.m, before.v, before.w)
    kernels.table.adam(size, &parameters, before.g, &m, &v, &w)
    let expected = before.rows.map { g, m, v, w in
      let g = g * 0.5 + w * 0.25
      let mNext = m + Double(parameters.one_minus_beta1) * (g - m)
      let vNext = v * Double(parameters.beta2) + Double(parameters.one_minus_beta2) * g * g
      return (mNext, vNext, w * 0.875 - 0.0625 * mNext / (vNext.squareRoot() / 0.5 + 0.125))
    }
    expect(m, expected.map(\.0), "m") { _, _ in Self.tolerance }
    expect(v, expected.map(\.1), "v") { _, _ in Self.tolerance }
    expect(w, expected.map(\.2), "w") { _, _ in Self.tolerance }
  }

  @Test(
    "Lion goes by the sign, which zero has none of",
    arguments: KernelTableTests.tables, KernelTableTests.sizes)
  func lion(kernels: KernelSet, size: Int) {
    var parameters = ck_lion_parameters(
      gradient_scale: 0.5, beta1: 0.75, one_minus_beta1: 0.25, beta2: 0.875,
      one_minus_beta2: 0.125, decay_factor: 0.875, learning_rate: 0.0625)
    var before = Numbers(size)
    (before.g[0], before.m[0]) = (0, 0)
    var (m, w) = (before.m, before.w)
    kernels.table.lion(size, &parameters, before.g, &m, &w)
    let expected = before.rows.map { g, m, _, w in
      let u = m * 0.75 + g * 0.125
      return (m * 0.875 + g * 0.0625, w * 0.875 - (u > 0 ? 0.0625 : u < 0 ? -0.0625 : 0))
    }
    expect(m, expected.map(\.0), "m") { _, _ in Self.tolerance }
    expect(w, expected.map(\.1), "w") { _, _ in Self.tolerance }
  }

  @Test(
    "Gradient descent, with and without momentum",
    arguments: KernelTableTests.tables, KernelTableTests.sizes)
  func sgd(kernels: KernelSet, size: Int) {
    var parameters = ck_sgd_parameters(
      gradient_scale: 0.5, weight_decay: 0.25, momentum: 0.875, one_minus_dampening: 0.75,
      gradient_factor: 0.5, momentum_factor: 0.625, learning_rate: 0.0625)
    let before = Numbers(size)
    var (m, w, plain) = (before.m, before.w, before.w)
    kernels.table.sgd_momentum(size, &parameters, before.g, &m, &w)
    kernels.table.sgd(size, &parameters, before.g, &plain)
    let expected = before.rows.map { g, m, _, w in
      let g = g * 0.5 + w * 0.25
      let mNext = m * 0.875 + g * 0.75
      return (mNext, w - 0.0625 * (g * 0.5 + mNext * 0.625), w - 0.0625 * g)
    }
    expect(m, expected.map(\.0), "m") { _, _ in Self.tolerance }
    expect(w, expected.map(\.1), "w") { _, _ in Self.tolerance }
    expect(plain, expected.map(\.2), "w") { _, _ in Self.tolerance }
  }

  @Test("A gradient that is no number spoils what it touches", arguments: KernelTableTests.tables)
  func noNumber(kernels: KernelSet) {
    var adam = ck_adam_parameters(
      gradient_scale: 1, weight_decay: 0, one_minus_beta1: 0.1, beta2: 0.9, one_minus_beta2: 0.1,
      decay_factor: 1, step_size: 1, bias_correction2_sqrt: 1, epsilon: 0)
    var lion = ck_lion_parameters(
      gradient_scale: 1, beta1: 0.9, one_minus_beta1: 0.1, beta2: 0.9, one_minus_beta2: 0.1,
      decay_factor: 1, learning_rate: 1)
    var (m, v, w): ([Float], [Float], [Float]) = ([0, 0], [0, 0], [1, 1])
    kernels.table.adam(2, &adam, [1, .nan], &m, &v, &w)
    #expect(w[0].isFinite && w[1].isNaN)
    (m, w) = ([0, 0], [1, 1])
    kernels.table.lion(2, &lion, [1, .nan], &m, &w)
    #expect(w[0] == 0 && w[1].isNaN)
  }

  @Test("A sum of squares is the same in every instruction set", arguments: KernelTableTests.sizes)
  func squareSums(size: Int) {
    var random = RandomNumbers(seed: size)
    let x = random.floats(size, from: -1e20, to: 1e20)
    let sums = KernelTableTests.tables.map { kernels in
      var sum = -1.0
      kernels.table.square_sum(size, x, &sum)
      return sum
    }
    let exact = x.reduce(0.0) { $0 + Double($1) * Double($1) }
    #expect(Set(sums).count == 1)
    #expect(abs(sums[0] - exact) <= exact * Double(size) * 0x1p-53)
  }

  /// What a step starts from; second moments are not negative.
  private struct Numbers {
    var g, m, v, w: [Float]

    init(_ size: Int) {
      var random = RandomNumbers(seed: size)
      g = random.floats(size, from: -2, to: 2)
      m = random.floats(size)
      v = random.floats(size, from: 0)
      w = random.floats(size)
    }

    var rows: [(g: Double, m: Double, v: Double, w: Double)] {
      g.indices.map { (Double(g[$0]), Double(m[$0]), Double(v[$0]), Double(w[$0])) }
    }
  }
}
