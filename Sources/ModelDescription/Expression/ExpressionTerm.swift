/// A parsed expression as a tree. Ranges are where a term was written, by offsets in characters.
indirect enum ExpressionTerm: Hashable, Sendable {
  case constant(DimensionValue)
  case name(String, Range<Int>)
  case negative(ExpressionTerm, Range<Int>)
  case not(ExpressionTerm, Range<Int>)
  case operation(ExpressionOperator, ExpressionTerm, ExpressionTerm, Range<Int>)
  case call(ExpressionFunction, [ExpressionTerm], Range<Int>)
}

/// What stands between two terms.
enum ExpressionOperator: String, CaseIterable, Sendable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case floorDivide = "//"
  case remainder = "%"
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case and
  case or

  /// How tightly it binds; equal operators group from the left.
  var precedence: Int {
    switch self {
    case .or: 1
    case .and: 2
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: 4
    case .add, .subtract: 5
    case .multiply, .divide, .floorDivide, .remainder: 6
    }
  }

  /// `not` stands between `and` and the comparisons.
  static let notPrecedence = 3

  /// The verb and the preposition of "cannot add 1 and true".
  var words: (verb: String, joint: String) {
    switch self {
    case .add: ("add", "and")
    case .subtract: ("subtract", "and")
    case .multiply: ("multiply", "and")
    case .divide, .floorDivide: ("divide", "by")
    case .remainder: ("take the remainder of", "by")
    default: ("compare", "with")
    }
  }
}

enum ExpressionFunction: String, CaseIterable, Sendable {
  case min
  case max
  case ceil
  case floor
  case sqrt
  /// `if(condition, value, otherwise)`; only the value that is chosen is worked out.
  case `if`
  /// `entry(list, n)`: of numbers with spaces between them, the one at place n, counted from 0.
  case entry
  /// `count(list)`: how many entries such a list has.
  case count

  /// How many arguments it takes, in words, and whether a number of them will do.
  var arguments: (words: String, accepts: @Sendable (Int) -> Bool) {
    switch self {
    case .min, .max: ("one number or more", { $0 >= 1 })
    case .ceil, .floor, .sqrt: ("one number", { $0 == 1 })
    case .if: ("a condition and two values", { $0 == 3 })
    case .count: ("a list", { $0 == 1 })
    case .entry: ("a list and a place in it", { $0 == 2 })
    }
  }
}
