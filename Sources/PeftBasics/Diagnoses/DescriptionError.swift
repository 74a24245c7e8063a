/// What is wrong, in words, and how to put it right. Each part of the package has its own cases.
public protocol Problem: Error, Equatable {
  /// One sentence without a full stop: what was found, and what was expected.
  var message: String { get }
  /// What the user can do about it.
  var fix: String? { get }
}

/// A mistake in a description: what it is, where it is, and how to put it right.
///
/// It prints with the line it is about:
/// ```text
/// Models/gpt2.yaml:14:30: error: attention: 25 heads do not divide width 768
///    14 |         - attention: {heads: $heads, causal: true, from: [q, k, v]}
///       |                              ^~~~~~ heads = 25 (set at line 4)
///   fix: choose a divisor of 768
/// ```
public struct DescriptionError: Error, CustomStringConvertible {
  public let problem: any Problem
  /// What the error underlines; nil where it is about a file as a whole.
  public let range: SourceRange?
  /// The file it is about, where that is known.
  public let path: String?
  /// A few words beside the underline.
  public let note: String?

  public init(_ problem: any Problem, at range: SourceRange, note: String? = nil) {
    self.problem = problem
    self.range = range
    self.path = range.file.path
    self.note = note
  }

  /// An error about a file as a whole, or about no file at all.
  public init(_ problem: any Problem, path: String?) {
    self.problem = problem
    self.range = nil
    self.path = path
    self.note = nil
  }

  public var description: String {
    let place = range?.location.description ?? path
    var lines = [(place.map { "\($0): " } ?? "") + "error: \(problem.message)"]
    if let range { lines += Excerpt(range, note: note).lines }
    if let fix = problem.fix { lines.append("  fix: \(fix)") }
    return lines.joined(separator: "\n")
  }
}

/// Several mistakes that do not depend on each other, in the order they stand in the file.
public struct DescriptionErrors: Error, CustomStringConvertible {
  public let errors: [DescriptionError]

  /// As many as are looked for; a file with more is wrong from the ground up.
  package static let most = 100

  public init(_ errors: [DescriptionError]) { self.errors = errors }

  /// All of them, as far as anybody would read.
  public var description: String {
    var parts = errors.prefix(Self.mostShown).map(\.description)
    let rest = errors.count - parts.count
    if rest > 0 { parts.append("… and \(rest) more \(rest == 1 ? "error" : "errors")") }
    return parts.joined(separator: "\n")
  }

  private static let mostShown = 20
}
