import PeftTensors
import Testing

@testable import CPUCore

/// How far a result may be from the reference, as a multiple of its size.
enum Tolerance {
  /// Rounding to 24 bits, a few times over: for sums of up to a few hundred terms, relative to the
  /// sum of their sizes. Partial sums round at random, so that it grows slower than the number of
  /// terms.
  static let sums = 0x1p-20
  /// For chains of operators, relative to the largest entry of the result.
  static let chains = 0x1p-16
}

extension Example {
  /// Compares every output with the reference, relative to its largest entry.
  func check(
    tolerance: Double = Tolerance.chains, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let expected = try expected()
    let found = try executor().run(inputTensors)
    #expect(found.count == expected.count, sourceLocation: sourceLocation)
    for (name, reals) in expected {
      let bound = tolerance * reals.largest
      found[name].expect(reals, sourceLocation: sourceLocation) { _ in bound }
    }
  }

  /// Compares every output with the reference, each entry relative to the sum of the sizes of its
  /// terms.
  func checkSums(
    tolerance: Double = Tolerance.sums, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let (expected, sizes) = (try expected(), try sizes())
    let found = try executor().run(inputTensors)
    #expect(found.count == expected.count, sourceLocation: sourceLocation)
    for (name, reals) in expected {
      let sizes = try #require(sizes[name]).entries
      found[name].expect(reals, sourceLocation: sourceLocation) { tolerance * abs(sizes[$0]) }
    }
  }
}

extension Tensor? {
  /// Expects every entry within a bound of the reference's, and reports the first that is not.
  func expect(
    _ expected: Reals, sourceLocation: SourceLocation = #_sourceLocation, bound: (Int) -> Double
  ) {
    #expect(self?.shape == expected.shape, sourceLocation: sourceLocation)
    guard let found = self?.floats(), self?.shape == expected.shape else { return }
    let wrong = expected.entries.indices.filter {
      !(abs(Double(found[$0]) - expected.entries[$0]) <= bound($0))
    }
    guard let first = wrong.first else { return }
    Issue.record(
      """
      \(wrong.count) of \(found.count) entries of \(expected.shape) are wrong; the first is number \
      \(first): \(found[first]) instead of \(expected.entries[first]) ± \(bound(first))
      """, sourceLocation: sourceLocation)
  }
}
