import PeftAdapters

/// A row as numbers.
struct Example: Sendable {
  enum Label: Hashable, Sendable {
    /// One for each token.
    case tokens([Int])
    /// What a decoder answers.
    case answer([Int])
    case singleClass(Int)
    case numbers([Float])
  }

  var tokens: [Int]
  /// The segments of the tokens, where there are any.
  var segments: [Int]
  var label: Label
}
