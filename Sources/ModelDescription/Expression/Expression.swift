import PeftBasics

/// Arithmetic over dimensions: `768`, `$width`, `3 * $width`, `$heads == 12 and not $causal`.
///
/// It knows whole and decimal numbers, `'text'`, `true`, `false`, `$name`; `+ - * / // %`,
/// comparisons, `and or not`; `min max ceil floor sqrt`, `if(condition, value, otherwise)`. `/` gives a whole number where it divides
/// without a rest, `//` rounds down, and `%` has the divisor's sign, as in Python.
package struct Expression: Hashable, Sendable {
  package let text: String
  private let term: ExpressionTerm

  /// What the names of an expression stand for; nil where there is no such name.
  typealias Lookup = (String) throws(DescriptionError) -> DimensionValue?

  package init(_ text: String) throws(ExpressionError) {
    let characters = Array(text.unicodeScalars)
    try self.init(characters[...])
  }

  /// A part of a text, whose errors count from the start of the whole.
  init(_ characters: ArraySlice<Unicode.Scalar>) throws(ExpressionError) {
    term = try ExpressionParser.parse(characters)
    var text = String.UnicodeScalarView()
    text.append(contentsOf: characters)
    self.text = String(text)
  }

  /// An expression that is a value and nothing else.
  init(_ value: DimensionValue, text: String) {
    self.text = text
    term = .constant(value)
  }

  /// The names it reads, each once, in the order they are written.
  package var names: [String] {
    var names: [String] = []
    Self.visitNames(term) { name, _ in if !names.contains(name) { names.append(name) } }
    return names
  }

  /// The value, once names have theirs.
  ///
  /// - Parameter known: The names there are, for the message about one that there is not.
  func evaluate(
    known: @autoclosure () -> [String] = [], _ lookup: Lookup
  ) throws(ExpressionError) -> DimensionValue {
    try Self.value(of: term, lookup, known)
  }

  /// The value as a whole number; a problem that shows the calculation where it is none.
  func evaluateInteger(
    known: @autoclosure () -> [String] = [], _ lookup: Lookup
  ) throws(ExpressionError) -> Int {
    let value = try evaluate(known: known(), lookup)
    if let integer = value.exactInteger { return integer }
    let characters = 0..<text.unicodeScalars.count
    guard value.double != nil else {
      throw .here(
        .notOfKind(found: value.inMessage, expected: "a whole number"), characters: characters)
    }
    let shown = try substituted(lookup)
    let calculation = shown == "\(value)" ? shown : "\(shown) = \(value)"
    throw .here(.notInteger(calculation.inMessage), characters: characters)
  }

  /// The text with each name's value in its place: `768 / 5`.
  private func substituted(_ lookup: Lookup) throws(ExpressionError) -> String {
    var places: [(name: String, range: Range<Int>)] = []
    Self.visitNames(term) { places.append(($0, $1)) }
    if places.count == 1, places[0].range.count == text.unicodeScalars.count { return text }
    let characters = Array(text.unicodeScalars)
    // A part of a longer text has offsets in the whole; names keep their order and their lengths.
    var shown = String.UnicodeScalarView()
    var position = 0
    var isQuoted = false
    while position < characters.count {
      if characters[position] == "'" { isQuoted.toggle() }
      guard characters[position] == "$", !isQuoted, let place = places.first else {
        shown.append(characters[position])
        position += 1
        continue
      }
      places.removeFirst()
      position += place.range.count
      let value = try Self.found(place.name, at: place.range, lookup)
      shown.append(contentsOf: (value.map { "\($0)" } ?? "$\(place.name)").unicodeScalars)
    }
    return String(shown)
  }
}

extension Expression {
  private static func value(
    of term: ExpressionTerm, _ lookup: Lookup, _ known: () -> [String]
  ) throws(ExpressionError) -> DimensionValue {
    switch term {
    case .constant(let value): return value
    case .name(let name, let range):
      if let value = try found(name, at: range, lookup) { return value }
      throw .here(.unknownName(name, known: known()), characters: range)
    case .negative(let inner, let range):
      let value = try value(of: inner, lookup, known)
      return try at(range) { () throws(ExpressionProblem) in try Arithmetic.negative(value) }
    case .not(let inner, let range):
      let value = try value(of: inner, lookup, known)
      return try at(range) { () throws(ExpressionProblem) in
        .boolean(!(try Arithmetic.condition(value, of: "not")))
      }
    case .operation(let symbol, let left, let right, let range):
      let a = try value(of: left, lookup, known)
      // What decides alone leaves the other side alone, as in `$n != 0 and 768 % $n == 0`.
      switch (symbol, a) {
      case (.and, .boolean(false)), (.or, .boolean(true)): return a
      default: break
      }
      let b = try value(of: right, lookup, known)
      return try at(range) { () throws(ExpressionProblem) in try Arithmetic.apply(symbol, a, b) }
    case .call(.if, let terms, let range) where terms.count == 3:
      let condition = try value(of: terms[0], lookup, known)
      let isTrue = try at(range) { () throws(ExpressionProblem) in
        .boolean(try Arithmetic.condition(condition, of: "if"))
      }
      return try value(of: terms[isTrue == .boolean(true) ? 1 : 2], lookup, known)
    case .call(let function, let terms, let range):
      var arguments: [DimensionValue] = []
      for term in terms { arguments.append(try value(of: term, lookup, known)) }
      return try at(range) { () throws(ExpressionProblem) in
        try Arithmetic.call(function, arguments)
      }
    }
  }

  private static func found(
    _ name: String, at range: Range<Int>, _ lookup: Lookup
  ) throws(ExpressionError) -> DimensionValue? {
    do throws(DescriptionError) {
      return try lookup(name)
    } catch {
      throw .elsewhere(error)
    }
  }

  /// Adds to a problem the place of the term that has it.
  private static func at(
    _ range: Range<Int>, _ calculate: () throws(ExpressionProblem) -> DimensionValue
  ) throws(ExpressionError) -> DimensionValue {
    do throws(ExpressionProblem) {
      return try calculate()
    } catch {
      throw .here(error, characters: range)
    }
  }

  private static func visitNames(_ term: ExpressionTerm, _ visit: (String, Range<Int>) -> Void) {
    switch term {
    case .constant: break
    case .name(let name, let range): visit(name, range)
    case .negative(let inner, _), .not(let inner, _): visitNames(inner, visit)
    case .operation(_, let left, let right, _):
      visitNames(left, visit)
      visitNames(right, visit)
    case .call(_, let terms, _): for term in terms { visitNames(term, visit) }
    }
  }
}
