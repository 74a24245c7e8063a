import ModelGraph
package import PeftBasics

/// What can be wrong with an expression over dimensions.
package enum ExpressionProblem: Diagnosis, Equatable {
  case syntax(found: String, expected: String, fix: String?)
  case unknownName(String, known: [String])
  case divisionByZero(String)
  /// The calculation whose result no `Int` or `Double` holds.
  case overflow(String)
  /// A whole sentence: what cannot be done with which values.
  case wrongTypes(String)
  case wrongArguments(function: String, found: Int, expected: String)
  case rootOfNegative(String)
  case noEntry(Int, count: Int)
  case notInteger(String)
  case notOfKind(found: String, expected: String)
  case tooDeep(limit: Int)
  case tooLong(limit: Int)

  package var words: (problem: String, fix: String?) { (message, remedy) }

  private var message: String {
    switch self {
    case .syntax(let found, let expected, _): "found \(found), expected \(expected)"
    case .unknownName(let name, _): "no dimension is called '\(name.inMessage)'"
    case .divisionByZero(let calculation): "\(calculation) divides by zero"
    case .overflow(let calculation): "\(calculation) is too large"
    case .wrongTypes(let sentence): sentence
    case .wrongArguments(let function, let found, let expected):
      "\(function)() takes \(expected), but \(found == 0 ? "none" : String(found)) "
        + (found == 1 ? "is given" : "are given")
    case .rootOfNegative(let value): "the square root of \(value) is not a number"
    case .noEntry(let place, let count):
      "there is no entry \(place) in a list of \(count), counted from 0"
    case .notInteger(let calculation): "\(calculation) is not a whole number"
    case .notOfKind(let found, let expected): "found \(found), expected \(expected)"
    case .tooDeep(let limit): "the expression nests deeper than \(limit) levels"
    case .tooLong(let limit): "the expression is longer than \(limit) characters"
    }
  }

  private var remedy: String? {
    switch self {
    case .syntax(_, _, let fix): fix
    case .unknownName(let name, let known):
      if let nearest = Spelling.nearest(to: name, among: known) {
        "did you mean '$\(nearest)'?"
      } else if known.isEmpty {
        "define it under 'dimensions'"
      } else if known.count <= 12 {
        "define it under 'dimensions', or use one of: \(known.joined(separator: ", "))"
      } else {
        "define it under 'dimensions'"
      }
    case .divisionByZero: "choose a divisor other than 0"
    case .overflow: "choose smaller numbers"
    case .wrongTypes: "use values of a kind that fits; text can be compared with '==' and '!='"
    case .wrongArguments: "put the arguments between the parentheses, with ',' between them"
    case .rootOfNegative: "choose a number that is not negative"
    case .noEntry: "make the list as long as it is read: one entry a layer, for example"
    case .notInteger: "choose numbers that divide, or round with '//', floor() or ceil()"
    case .notOfKind(_, let expected): "write \(expected)"
    case .tooDeep, .tooLong: "split it into several dimensions"
    }
  }
}

/// A problem with an expression: in its own text, or in that of a dimension it reads.
package enum ExpressionError: Error {
  /// - Parameter characters: The part of the text that is meant, by offsets in characters.
  case here(ExpressionProblem, characters: Range<Int>)
  case elsewhere(DescriptionError)

  /// The error of an expression that was written as the text of `node`.
  package func inText(of node: DocumentNode, note: String? = nil) -> DescriptionError {
    switch self {
    case .here(let problem, let characters):
      DescriptionError(problem, at: node.range(ofCharacters: characters), note: note)
    case .elsewhere(let error): error
    }
  }
}
