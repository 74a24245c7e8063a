import ModelGraph
import PeftBasics

/// What can be wrong with a set of dimensions, beside the expressions in it.
package enum DimensionProblem: Diagnosis, Equatable {
  case badName(String)
  case notAValue(name: String, kind: String)
  case tooLarge(String)
  case unknownOverride(String, known: [String])
  /// Names of which each reads the next; the last is the first again.
  case cycle([String])

  package var words: (problem: String, fix: String?) { (message, remedy) }

  private var message: String {
    switch self {
    case .badName(let name): "'\(name.inMessage)' cannot be the name of a dimension"
    case .notAValue(let name, let kind):
      "the dimension '\(name.inMessage)' is \(kind); a number, true or false, or text is expected"
    case .tooLarge(let number): "\(number.inMessage) is too large for a number"
    case .unknownOverride(let name, _):
      "there is no dimension '\(name.inMessage)' that could be set"
    case .cycle(let names):
      "these dimensions are defined by each other: "
        + names.prefix(12).joined(separator: " → ") + (names.count > 12 ? " → …" : "")
    }
  }

  private var remedy: String? {
    switch self {
    case .badName: "use letters, digits and '_', and start with no digit"
    case .notAValue: "write one value, or an expression such as '3 * $width'"
    case .tooLarge: "choose a smaller number"
    case .unknownOverride(let name, let known):
      if let nearest = Spelling.nearest(to: name, among: known) {
        "did you mean '\(nearest)'?"
      } else if known.isEmpty {
        "this description has no dimensions"
      } else {
        "set one of: \(known.prefix(40).joined(separator: ", "))"
          + (known.count > 40 ? ", …" : "")
      }
    case .cycle: "give one of them a value of its own"
    }
  }
}
