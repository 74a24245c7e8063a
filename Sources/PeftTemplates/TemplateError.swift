public import PeftBasics

/// Why a template cannot be read or rendered, and where in it.
public struct TemplateError: Diagnosis, Hashable {
  public enum Reason: Hashable, Sendable {
    /// It is not a template.
    case syntax(String)
    /// It is Jinja, but nothing that this library has.
    case unsupported(String)
    /// Something undefined is used.
    case undefined(String)
    /// An operation that these values do not have.
    case wrongValue(String)
    /// What a sandbox does not allow.
    case unsafe(String)
    /// The template's own complaint, by `raise_exception`.
    case raised(String)
    /// More steps, output, memory or nesting than is allowed.
    case limit(String)
  }

  public let reason: Reason
  /// What of the template it is about.
  public let range: SourceRange

  public var place: DiagnosisPlace? { .source(range, note: nil) }

  public var words: (problem: String, fix: String?) {
    switch reason {
    case .syntax(let problem): (problem, "correct the template")
    case .unsupported(let what): ("\(what) is not supported", "write the template without it")
    case .undefined(let what): (what, "give it, or test it with 'is defined' first")
    case .wrongValue(let problem), .unsafe(let problem):
      (problem, "correct the template, or what it is given")
    case .raised(let message):
      ("the template refuses this conversation: \(message)", "change the messages")
    case .limit(let what): (what, "use a smaller conversation or another template")
    }
  }
}

/// A `TemplateError` that has no place yet: the evaluator knows which expression it is about.
struct Fault: Error {
  let reason: TemplateError.Reason

  init(_ reason: TemplateError.Reason) { self.reason = reason }

  static func wrong(_ problem: String) -> Fault { Fault(.wrongValue(problem)) }
}
