/// Errors and warnings as text, however they are shown.
///
/// ```text
/// Models/gpt2.yaml:14:30: error: attention: 25 heads do not divide width 768
///    14 |         - attention: {heads: $heads, causal: true, from: [q, k, v]}
///       |                              ^~~~~~ heads = 25 (set at line 4)
///   fix: choose a divisor of 768
/// ```
/// Names come from files: control characters are spelled out, so that none reaches a terminal.
package struct DiagnosisText {
  /// The word between the place and the problem.
  package enum Label: String {
    case error, warning

    fileprivate func text(isColoured: Bool) -> String {
      guard isColoured else { return "\(rawValue): " }
      let colour =
        switch self {
        case .error: 31
        case .warning: 33
        }
      return "\u{1B}[1;\(colour)m\(rawValue):\u{1B}[0m "
    }
  }

  package let lines: [String]
  package var text: String { lines.joined(separator: "\n") }

  private static let mostShown = 20

  /// - Parameters:
  ///   - error: A diagnosis, several of them, or any other error, whose own text is the problem then.
  ///   - label: None in `description`, which is for programs and reports.
  ///   - isColoured: Whether the label is for a terminal that shows colours.
  ///   - hasFix: Whether to say what to do about it.
  package init(
    _ error: any Error, label: Label? = nil, isColoured: Bool = false, hasFix: Bool = true
  ) {
    let mark = label?.text(isColoured: isColoured) ?? ""
    let all = (error as? any DiagnosisList)?.diagnoses ?? [AnyDiagnosis(error)]
    lines =
      all.prefix(Self.mostShown).flatMap { Self.lines(of: $0, mark, hasFix: hasFix) }
      + Self.rest(all.count - Self.mostShown)
  }

  /// What stands for mistakes that are not shown.
  static func rest(_ count: Int) -> [String] {
    count > 0 ? ["… and \(count) more \(count == 1 ? "error" : "errors")"] : []
  }

  private static func lines(
    of diagnosis: any Diagnosis, _ mark: String, hasFix: Bool
  ) -> [String] {
    let (problem, fix) = diagnosis.words
    let place = diagnosis.place
    let before = place.map { "\($0): ".printable } ?? ""
    let excerpt = place?.excerpt.map(\.printable) ?? []
    let remedy = hasFix ? fix.map { "  fix: \($0)".printableLines } ?? [] : []
    return [before + mark + problem.printableLines.joined(separator: "\n")] + excerpt
      + diagnosis.details.flatMap(\.printableLines) + remedy
  }
}

extension String {
  /// Its lines, other control characters in them spelled out.
  fileprivate var printableLines: [String] {
    split(separator: "\n", omittingEmptySubsequences: false).map(\.printable)
  }
}
