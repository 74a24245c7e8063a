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
      let heading = isAlone ? "" : (count > 0 ? "\n" : "") + "> \(answer.prompt.shown)\n"
      // Without a tokenizer nothing was streamed: tokens are the answer.
      let isPrinted = isStreamed && answer.text != nil
      try Terminal.write(data: heading + (isPrinted ? "" : answer.shown) + "\n")
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
