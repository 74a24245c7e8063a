/// A regular expression that cannot be used: which one, what is wrong, and how to put it right.
public struct PatternError: Diagnosis, Hashable {
  public enum Reason: Hashable, Sendable {
    /// Python's `re` refuses it; the offset counts characters from 0 and is nil where unknown.
    case invalid(message: String, offset: Int?)
    /// Python accepts it, but it says something that is not understood here.
    case unsupported(feature: String, offset: Int?)
    /// It, or what it stands for once repeats are written out, exceeds a limit.
    case tooLong(limit: String)
    /// It tried too many ways to match this text, as `(a+)+$` does on a long run of `a`.
    case gaveUp(text: String)
  }

  public let pattern: String
  public let reason: Reason

  package init(pattern: String, reason: Reason) {
    self.pattern = pattern
    self.reason = reason
  }

  public var words: (problem: String, fix: String?) {
    switch reason {
    case .invalid(let message, let offset):
      (
        "\(pattern.doubleQuoted) is not a regular expression: \(message)\(place(offset))",
        "write it in the syntax of Python's re module; a list of names needs none"
      )
    case .unsupported(let feature, let offset):
      (
        "\(pattern.doubleQuoted) uses \(feature), which is not supported\(place(offset))",
        "say the same without it"
      )
    case .tooLong(let limit):
      (
        "the regular expression \(pattern.doubleQuoted) is too long: \(limit)",
        "match a shorter part of the names, or list them"
      )
    case .gaveUp(let text):
      (
        "the regular expression \(pattern.doubleQuoted) gives up on \(text.doubleQuoted): too many "
          + "ways to match", "avoid a repeat inside a repeat, such as (a+)+"
      )
    }
  }

  /// The same mistake in a pattern that is a part of the one that was read.
  func shown(as source: String, offsetBy count: Int) -> PatternError {
    let length = source.unicodeScalars.count
    let shifted: (Int?) -> Int? = { $0.map { min(max($0 - count, 0), length) } }
    let reason: Reason =
      switch reason {
      case .invalid(let message, let offset): .invalid(message: message, offset: shifted(offset))
      case .unsupported(let feature, let offset):
        .unsupported(feature: feature, offset: shifted(offset))
      case .tooLong, .gaveUp: reason
      }
    return PatternError(pattern: source, reason: reason)
  }

  private func place(_ offset: Int?) -> String {
    offset.map { " (after \($0) characters)" } ?? ""
  }
}
