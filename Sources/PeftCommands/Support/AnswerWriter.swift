import Peft
import PeftBasics
import PeftReports

/// How answers are printed.
enum AnswerFormat: String, CaseIterable {
  case text, json, jsonl
}

/// Prints answers one after another.
struct AnswerWriter {
  private let format: AnswerFormat
  /// Whether there is one answer alone, which is printed without its prompt.
  private let isAlone: Bool
  private var count = 0

  init(_ format: AnswerFormat, isAlone: Bool) {
    (self.format, self.isAlone) = (format, isAlone)
  }

  /// A part of an answer that is printed as it is made.
  func write(piece: String) throws {
    if !piece.isEmpty { try Terminal.write(data: piece) }
  }

  /// - Parameter isStreamed: Whether its pieces are printed already.
  mutating func write(_ answer: TextAnswer, isStreamed: Bool) throws {
    defer { count += 1 }
    switch format {
    case .text:
      let prompt = answer.prompt.text ?? answer.prompt.tokens.listText
      // Without a tokenizer nothing was streamed: tokens are the answer.
      let text = answer.text ?? answer.tokens.listText
      let heading = isAlone ? "" : (count > 0 ? "\n" : "") + "> \(prompt)\n"
      let isPrinted = isStreamed && answer.text != nil
      try Terminal.write(data: heading + (isPrinted ? "" : text) + "\n")
    case .json:
      try Terminal.write(data: (count == 0 ? "[\n  " : ",\n  ") + answer.json.text(.line))
    case .jsonl: try Terminal.write(data: answer.json.text(.line) + "\n")
    }
  }

  /// Ends what is printed.
  func finish() throws {
    guard format == .json else { return }
    try Terminal.write(data: count == 0 ? "[]\n" : "\n]\n")
  }
}

extension TextAnswer {
  fileprivate var json: JSONValue {
    .map([
      "prompt": prompt.text.map { .text($0) } ?? .list(prompt.tokens.map { .integer($0) }),
      "text": text.map { .text($0) } ?? .null,
      "tokens": .list(tokens.map { .integer($0) }),
      "finish_reason": finishReason.map { .text($0.rawValue) } ?? .null,
    ])
  }
}

extension [Int] {
  /// As --tokens takes them.
  fileprivate var listText: String { map(String.init).joined(separator: ",") }
}
