import PeftBasics

extension DocumentNode {
  /// Expressions such as `{out: max($width, 3)}`, which YAML splits at their commas.
  var splitExpressions: [DescriptionError] {
    switch content {
    case .scalar: return []
    case .sequence(let elements):
      let texts = elements.map(\.unquoted)
      return Self.openCalls(in: texts).map { run in
        let parts = texts[run].compactMap(\.self)
        return DescriptionError(
          DocumentProblem.splitExpression(key: nil, parts: parts, isWhole: true),
          at: elements[run.lowerBound].range)
      } + elements.flatMap(\.splitExpressions)
    case .mapping(let entries):
      // What follows the first comma is read as keys without values.
      let values = entries.map(\.value.unquoted)
      let texts = entries.map { $0.value.isNull ? $0.key : nil }
      return entries.indices.compactMap { index -> DescriptionError? in
        guard values[index]?.openParentheses ?? 0 > 0 else { return nil }
        let following = [values[index]] + texts[(index + 1)...]
        guard let run = Self.openCalls(in: following).first, run.lowerBound == 0 else { return nil }
        return DescriptionError(
          DocumentProblem.splitExpression(
            key: entries[index].key, parts: following[run].compactMap(\.self), isWhole: true),
          at: entries[index].value.range)
      } + entries.flatMap(\.value.splitExpressions)
    }
  }

  /// Runs of texts that open and close parentheses only together.
  private static func openCalls(in texts: [String?]) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var (start, open) = (0, 0)
    for (index, text) in texts.enumerated() {
      guard let text else {
        open = 0
        continue
      }
      let balance = text.openParentheses
      if open == 0 { start = index }
      if open > 0 || balance > 0 { open += balance }
      if open == 0, index > start, balance < 0 { runs.append(start..<index + 1) }
      if open < 0 { open = 0 }
    }
    return runs
  }

  /// The text of an expression that is cut off inside parentheses.
  var openCall: String? {
    unquoted.flatMap { $0.openParentheses > 0 && $0.contains("(") ? $0 : nil }
  }

  /// The text of a scalar that stands without quotes: one in quotes is whole.
  private var unquoted: String? {
    guard let scalar, !scalar.isQuoted, !isNull else { return nil }
    return scalar.text
  }
}

extension String {
  /// How many more parentheses it opens than it closes.
  fileprivate var openParentheses: Int {
    utf8.reduce(0) { $0 + ($1 == UInt8(ascii: "(") ? 1 : $1 == UInt8(ascii: ")") ? -1 : 0) }
  }
}
