/// How a value compares with another one.
enum ComparisonTests {
  static let all: [String: Test] = [
    "eq": comparison(.equal), "equalto": comparison(.equal), "==": comparison(.equal),
    "ne": comparison(.notEqual), "!=": comparison(.notEqual),
    "lt": comparison(.less), "lessthan": comparison(.less), "<": comparison(.less),
    "le": comparison(.lessOrEqual), "<=": comparison(.lessOrEqual),
    "gt": comparison(.greater), "greaterthan": comparison(.greater), ">": comparison(.greater),
    "ge": comparison(.greaterOrEqual), ">=": comparison(.greaterOrEqual),
    "in": comparison(.isIn),
    "sameas": Test("other") { _, value, arguments in
      let other = try arguments.required(0)
      switch (value, other) {
      case (_, .null), (_, .bool), (.null, _), (.bool, _), (.namespace, _):
        return value.isIdentical(to: other)
      default: throw Fault(.unsupported("'sameas' of a '\(other.typeName)'"))
      }
    },
    "odd": Test { evaluator, value, _ in
      try rest(evaluator, value, .integer(2)) == 1
    },
    "even": Test { evaluator, value, _ in
      try rest(evaluator, value, .integer(2)) == 0
    },
    "divisibleby": Test("num") { evaluator, value, arguments in
      try rest(evaluator, value, arguments.required(0)) == 0
    },
  ]

  private static func comparison(_ comparison: Comparison) -> Test {
    Test("other") { evaluator, value, arguments in
      try Comparing(budget: evaluator.budget).compare(value, comparison, arguments.required(0))
    }
  }

  private static func rest(
    _ evaluator: Evaluator, _ value: Value, _ divisor: Value
  ) throws -> Double? {
    try Arithmetic(budget: evaluator.budget).result(value, .modulo, divisor).number
  }
}
