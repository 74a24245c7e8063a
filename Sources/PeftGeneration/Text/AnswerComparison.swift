package import PeftBasics
import PeftReports

/// Answers of several models to the same prompts, side by side.
public struct AnswerComparison: Sendable {
  /// The models' names.
  public let names: [String]
  /// For each model its answers, in the order of the prompts.
  public let answers: [[TextAnswer]]

  /// - Precondition: Every model has an answer to each prompt.
  public init(_ models: [(name: String, answers: [TextAnswer])]) {
    names = models.map(\.name)
    answers = models.map(\.answers)
    precondition(Set(answers.map(\.count)).count <= 1, "every prompt has an answer of each model")
  }

  private var promptCount: Int { answers.first?.count ?? 0 }

  /// A column for each model, with lines that are broken between words.
  /// - Parameter width: Characters of a line.
  public func columns(width: Int) -> String {
    let column = max(12, (width - 3 * (names.count - 1)) / max(1, names.count))
    func line(_ cells: [String]) -> String {
      let padded = cells.map { $0 + String(repeating: " ", count: max(0, column - $0.count)) }
      var text = padded.joined(separator: " │ ")
      while text.last == " " { text.removeLast() }
      return text + "\n"
    }
    return (0..<promptCount).map { prompt in
      let texts = answers.map { $0[prompt].shown.wrapped(to: column) }
      let height = texts.map(\.count).max() ?? 0
      let rows = (0..<height).map { row in
        line(texts.map { row < $0.count ? $0[row] : "" })
      }
      let rule = names.map { _ in String(repeating: "─", count: column) }.joined(separator: "─┼─")
      return "> \(answers[0][prompt].prompt.shown)\n" + line(names.map { $0.shortened(to: column) })
        + rule + "\n" + rows.joined()
    }.joined(separator: "\n")
  }

  /// An object for each prompt, with the answers by their names.
  package var json: JSONValue {
    .list(
      (0..<promptCount).map { prompt in
        .map([
          "prompt": answers[0][prompt].prompt.json,
          "answers": .list(
            zip(names, answers).map { name, answers in
              guard case .map(var fields) = answers[prompt].json else { return .null }
              fields["prompt"] = nil
              fields["model"] = .text(name)
              return .map(fields)
            }),
        ])
      })
  }
}

extension [Int] {
  /// As a command line has tokens.
  fileprivate var listText: String { map(String.init).joined(separator: ",") }
}

extension TextPrompt {
  /// As a line shows it: without a text its tokens.
  package var shown: String { text ?? tokens.listText }

  package var json: JSONValue {
    text.map { .text($0) } ?? .list(tokens.map { .integer($0) })
  }
}

extension TextAnswer {
  /// As it is shown: without a text its tokens.
  package var shown: String { text ?? tokens.listText }

  package var json: JSONValue {
    .map([
      "prompt": prompt.json, "text": text.map { .text($0) } ?? .null,
      "tokens": .list(tokens.map { .integer($0) }),
      "finish_reason": finishReason.map { .text($0.rawValue) } ?? .null,
    ])
  }
}

extension String {
  /// The lines of a text, broken between words, or within those that are longer than a line.
  fileprivate func wrapped(to width: Int) -> [String] {
    split(separator: "\n", omittingEmptySubsequences: false).flatMap { line -> [String] in
      var lines = [""]
      for word in line.split(separator: " ", omittingEmptySubsequences: false) {
        var word = Substring(word)
        if !lines[lines.count - 1].isEmpty,
          lines[lines.count - 1].count + 1 + word.count <= width
        {
          lines[lines.count - 1] += " " + word
          continue
        }
        if !lines[lines.count - 1].isEmpty { lines.append("") }
        while word.count > width {
          lines[lines.count - 1] = String(word.prefix(width))
          word = word.dropFirst(width)
          lines.append("")
        }
        lines[lines.count - 1] = String(word)
      }
      return lines
    }
  }
}
