/// A diagnosis at a place in a text that a user wrote, such as a model's description or a recipe.
public struct DescriptionError: Diagnosis {
  public let cause: any Diagnosis
  public let place: DiagnosisPlace?

  package init(_ cause: any Diagnosis, at place: DiagnosisPlace?) {
    self.cause = cause
    self.place = place
  }

  /// - Parameters:
  ///   - range: What the error underlines.
  ///   - note: A few words beside the underline.
  package init(_ cause: any Diagnosis, at range: SourceRange, note: String? = nil) {
    self.init(cause, at: .source(range, note: note))
  }

  /// An error about a file as a whole, or about no file at all.
  package init(_ cause: any Diagnosis, path: String?) {
    self.init(cause, at: path.map { .file($0) })
  }

  /// The cause's; where that has a place of its own, it stands in front of the problem.
  public var words: (problem: String, fix: String?) { (cause.summary, cause.fix) }

  public var details: [String] { cause.details }

  /// What the error underlines; nil where it is not about a part of a text.
  public var range: SourceRange? {
    if case .source(let range, _)? = place { range } else { nil }
  }
}

/// Several mistakes in one text.
public typealias DescriptionErrors = Diagnoses<DescriptionError>
