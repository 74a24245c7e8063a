import PeftBasics

/// The names of a classifier's classes, in the order of its outputs. A row's label may be a name instead of a
/// number, or a list of names where a row has several.
struct LabelNames: Sendable {
  private let names: [String]
  private let numbers: [String: Int]

  init(_ names: [String]) {
    self.names = names
    numbers = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
  }

  /// The name of a class.
  func name(_ number: Int) -> String? {
    names.indices.contains(number) ? names[number] : nil
  }

  /// The class of a label that is a name; nil where it is none.
  func number(of label: JSONValue) -> Int? {
    guard case .text(let text) = label else { return nil }
    return numbers[text]
  }

  /// One number for each class: 1 for those that a list names, or a text with semicolons between names. Nil where
  /// none of them is a name.
  /// - Throws: `DataError.Reason.unknownLabel` where only some are.
  func choices(of label: JSONValue, field: String) throws(DataError.Reason) -> [Double]? {
    let words: [String]
    switch label {
    case .list(let values) where !values.isEmpty:
      words = values.compactMap { if case .text(let text) = $0 { text } else { nil } }
      guard words.count == values.count else { return nil }
    case .text(let text):
      words = text.split(separator: ";").map { String($0.trimmingBlanks) }
    default: return nil
    }
    guard words.contains(where: { numbers[$0] != nil }) else { return nil }
    var choices = [Double](repeating: 0, count: names.count)
    for word in words {
      guard let number = numbers[word] else { throw unknown(word, field: field) }
      choices[number] = 1
    }
    return choices
  }

  /// That a label is no name.
  func unknown(_ label: String, field: String) -> DataError.Reason {
    .unknownLabel(label, field: field, known: names)
  }
}

extension Substring {
  package var trimmingBlanks: Substring {
    var text = self[...]
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return text
  }
}
