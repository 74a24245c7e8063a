/// A row as numbers.
struct Example: Sendable {
  enum Label: Hashable, Sendable {
    /// Those of places, one after another.
    case tokens([Int])
    /// Those of the row as a whole.
    case numbers([Double])

    var tokens: [Int] { if case .tokens(let tokens) = self { tokens } else { [] } }
    var numbers: [Double] { if case .numbers(let numbers) = self { numbers } else { [] } }
  }

  var tokens: [Int]
  /// The segments of the tokens, where there are any.
  var segments: [Int]
  var label: Label
}
