import ModelGraph
import PeftBasics
import PeftTensors

/// Labels of whole rows: a class, or values.
struct RowLabels: Labels {
  /// Values in each row.
  let count: Int
  /// Whether the only value is a class index.
  let areClasses: Bool
  /// The classes' names, where they have some.
  var names: LabelNames?
  /// Which values are allowed.
  let range: LabelRange
  let contents: [DataContent] = [.texts, .tensors]
  let settings = ["label"]
  let neededTensors = [Loss.labelsName]

  var areClassNumbers: Bool { areClasses }

  func check(_ record: DataRecord, _ maker: ExampleMaker) throws(DataError.Reason) {
    _ = try numbers(of: record, maker)
  }

  func classLabel(
    of record: DataRecord, _ maker: ExampleMaker
  ) throws(DataError.Reason) -> String? {
    let numbers = try numbers(of: record, maker)
    guard areClasses, let number = numbers.first else { return nil }
    return names?.name(Int(number)) ?? String(Int(number))
  }

  func example(_ record: DataRecord, _ maker: ExampleMaker) throws -> Example {
    let numbers = try numbers(of: record, maker)
    return try maker.wholeText(of: record, label: .numbers(numbers))
  }

  func inputs(
    of labels: [Example.Label], length: Int, tokens: TokenSettings
  ) -> LabelInputs {
    let numbers = labels.flatMap(\.numbers)
    return areClasses
      ? inputs(classes: numbers.map { Int($0) })
      : inputs(numbers: numbers.map { Float($0) }, rows: labels.count)
  }

  func shapes(rows: Int, tokens: [Int]?) -> [String: [Int]] {
    [Loss.labelsName: areClasses ? [rows] : [rows, count]]
  }

  private func inputs(classes: [Int]) -> LabelInputs {
    LabelInputs(
      tensors: [Loss.labelsName: Tensor(classes, shape: [classes.count])],
      countedEntries: classes.count)
  }

  private func inputs(numbers: [Float], rows: Int) -> LabelInputs {
    LabelInputs(
      tensors: [Loss.labelsName: Tensor(numbers, shape: [rows, count])],
      countedEntries: numbers.count)
  }

  // MARK: Tensors

  func check(_ labels: Tensor, ids: Tensor?) throws(DataError.Reason) {
    try labels.checkLabels(
      hasRightShape: labels.count == labels.shape[0] * count,
      areClasses ? "[rows]" : "[rows, \(count)]")
    if areClasses { try labels.checkLabelsAreWhole() }
  }

  func inputs(of stored: StoredRows) throws(DataError.Reason) -> LabelInputs {
    guard areClasses else {
      let numbers = stored.labels?.floats() ?? []
      for (index, number) in numbers.enumerated() {
        try range.check(Double(number), text: "\(number)", place: stored.labelPlace(index))
      }
      return inputs(numbers: numbers, rows: stored.rows.count)
    }
    let classes = stored.labels?.integers() ?? []
    for (index, number) in classes.enumerated() {
      try range.check(Double(number), text: "\(number)", place: stored.labelPlace(index))
    }
    return inputs(classes: classes)
  }

  // MARK: Rows of text

  /// The numbers of a row's label, which is a name where the first row's is one.
  private func numbers(
    of record: DataRecord, _ maker: ExampleMaker
  ) throws(DataError.Reason) -> [Double] {
    let field = maker.labelName
    let numbers = try numbers(of: record, field: field)
    guard let isNamed = maker.firstRecord.flatMap({ self.isNamed($0, field: field) }),
      self.isNamed(record, field: field) != isNamed
    else { return numbers }
    throw .namesBesideNumbers(field: field, firstIsNamed: isNamed)
  }

  private func numbers(
    of record: DataRecord, field: String
  ) throws(DataError.Reason) -> [Double] {
    guard let value = record.value(field) else {
      throw .noLabel(field: field, known: record.names)
    }
    if let named = try named(value, field: field) { return named }
    let numbers: [(number: Double, text: String)]
    do throws(DataError.Reason) { numbers = try value.numbers(ofLabel: field) } catch {
      guard let names, case .text(let label) = value else { throw error }
      throw names.unknown(label, field: field)
    }
    guard numbers.count == count else {
      throw .wrongLabelCount(field: field, found: numbers.count, expected: count)
    }
    for (number, text) in numbers {
      try range.check(number, text: text, place: "the label '\(field)'")
    }
    return numbers.map(\.number)
  }
}

extension RowLabels {
  /// The numbers of a label that is a name, or several; nil where it is none.
  private func named(_ value: JSONValue, field: String) throws(DataError.Reason) -> [Double]? {
    guard let names else { return nil }
    guard areClasses else { return try names.choices(of: value, field: field) }
    return names.number(of: value).map { [Double($0)] }
  }

  /// Whether a row's label is a name, where it could be one.
  func isNamed(_ record: DataRecord, field: String) -> Bool? {
    guard names != nil, let value = record.value(field) else { return nil }
    return (try? named(value, field: field)) != nil
  }
}

/// Which values labels may have.
struct LabelRange: Sendable {
  /// What a message says: `whole numbers from 0 to 2`.
  private let words: String
  private let contains: @Sendable (Double) -> Bool

  init(_ words: String, _ contains: @escaping @Sendable (Double) -> Bool) {
    self.words = words
    self.contains = contains
  }

  /// Makes sure that a number can be a label.
  /// - Parameters:
  ///   - text: The number in a message. Made only where it is needed.
  ///   - place: How a message calls it.
  func check(
    _ number: Double, text: @autoclosure () -> String, place: @autoclosure () -> String
  ) throws(DataError.Reason) {
    guard !contains(number) else { return }
    throw .labelOutOfRange(place: place(), value: text(), allowed: words)
  }
}

extension JSONValue {
  /// A number, a list of them, or a text with numbers between commas or blanks.
  fileprivate func numbers(
    ofLabel field: String
  ) throws(DataError.Reason) -> [(number: Double, text: String)] {
    var words: [String] = []
    switch self {
    case .list(let values):
      for value in values {
        guard let text = value.word else {
          throw .labelNotNumber(field: field, found: value.kind)
        }
        words.append(text)
      }
    case .text(let text):
      words = text.split { $0 == "," || $0 == " " || $0 == ";" }.map(String.init)
      guard !words.isEmpty else { throw .labelNotNumber(field: field, found: "empty") }
    case .integer, .number, .numeral, .bool: words = [description]
    case .null, .map: throw .labelNotNumber(field: field, found: kind)
    }
    var numbers: [(number: Double, text: String)] = []
    for word in words {
      guard let number = Self.number(word) else {
        throw .labelNotNumber(field: field, found: "'\(word)'")
      }
      numbers.append((number, word))
    }
    return numbers
  }

  private static func number(_ text: String) -> Double? {
    if text == "true" { return 1 }
    if text == "false" { return 0 }
    return Double(text).flatMap { Float($0).isFinite ? $0 : nil }
  }
}
