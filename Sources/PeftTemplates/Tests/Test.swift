/// `value is name(arguments)`
struct Test: Sendable {
  let body: @Sendable (Evaluator, Value, Arguments) throws -> Bool

  init(
    _ parameters: String..., body: @escaping @Sendable (Evaluator, Value, Bound) throws -> Bool
  ) {
    self.body = { evaluator, value, arguments in
      try body(evaluator, value, arguments.bound(to: parameters, of: "the test"))
    }
  }
}

/// Every test by its name.
enum TestCatalog {
  static let all: [String: Test] = [KindTests.all, ComparisonTests.all]
    .reduce(into: [:]) { all, some in all.merge(some) { $1 } }
}
