import Testing

@testable import PeftTraining

@Suite("Kullback–Leibler divergence") struct KullbackLeiblerTests {
  /// `scipy.stats.entropy(p, q)`.
  @Test(
    "Of classes",
    arguments: [
      ([0.5, 0.5], [0.25, 0.75], 0.143841036225890), ([1, 0], [0.5, 0.5], 0.693147180559945),
      ([0.2, 0.3, 0.5], [0.2, 0.3, 0.5], 0),
      ([0.7, 0.2, 0.1], [0.1, 0.2, 0.7], 1.167546089433188),
    ] as [([Double], [Double], Double)])
  func classes(p: [Double], q: [Double], expected: Double) {
    #expect(abs(KullbackLeibler.ofClasses(p, from: q) - expected) < 1e-12)
  }

  @Test("Of labels it is the sum over them, and what is sure can be sure of the other")
  func labels() {
    let both =
      KullbackLeibler.ofClasses([0.9, 0.1], from: [0.6, 0.4])
      + KullbackLeibler.ofClasses([0.2, 0.8], from: [0.5, 0.5])
    #expect(abs(KullbackLeibler.ofLabels([0.9, 0.2], from: [0.6, 0.5]) - both) < 1e-12)
    #expect(KullbackLeibler.ofLabels([1, 0], from: [1, 0]) == 0)
    #expect(KullbackLeibler.ofLabels([1], from: [0]).isFinite)
  }
}
