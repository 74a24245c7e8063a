/// The fewest and the most characters that a part of a pattern can cover.
///
/// Python accepts a look-behind only where both are the same. Numbers stop growing at `unbounded`.
struct PatternWidth: Equatable {
  static let unbounded = 1 << 31
  static let zero = PatternWidth(0, 0)
  static let one = PatternWidth(1, 1)

  let least: Int
  let most: Int

  init(_ least: Int, _ most: Int) {
    self.least = min(least, Self.unbounded)
    self.most = min(most, Self.unbounded)
  }

  var isFixed: Bool { least == most }

  static func + (a: Self, b: Self) -> Self { Self(a.least + b.least, a.most + b.most) }

  /// One or the other.
  static func | (a: Self, b: Self) -> Self { Self(min(a.least, b.least), max(a.most, b.most)) }

  /// `self` between `low` and `high` times; without `high`, any number of times.
  func repeated(from low: Int, to high: Int?) -> Self {
    Self(product(least, low), most == 0 ? 0 : high.map { product(most, $0) } ?? Self.unbounded)
  }

  private func product(_ a: Int, _ b: Int) -> Int {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? Self.unbounded : product
  }
}
