import OrderedCollections
package import PeftBasics

extension ModelDescription {
  /// The dimensions that were set anew, beside the description and the configuration.
  package var newDimensions: [String] {
    dimensions.names.filter { dimensions.dimension($0)?.option != nil }
  }

  /// A configuration of this model's family with the fields that say what the dimensions are that were set
  /// anew; it is read again to see whether it says so.
  /// - Returns: Nil where a configuration cannot say so.
  package func settingNewDimensions(in configuration: JSONValue, path: String) throws -> JSONValue?
  {
    let mapping = try ConfigurationMapping(document["config"])
    var configuration = configuration
    for name in newDimensions {
      guard let value = dimensions[name] else { continue }
      let fields = mapping.fields(of: name)
      let stated = fields.filter { configuration[path: $0.path] != nil }
      for field in stated.isEmpty ? Array(fields.suffix(1)) : stated {
        guard let written = field.written(value, in: configuration[path: field.path]) else {
          continue
        }
        configuration.set(written, at: field.path)
        if field.isCount { configuration.setLabelNumbers(beside: field.path) }
      }
    }
    let text = configuration.text(.indented) + "\n"
    let again = try? ModelDescription(configuration: text, path: path, families: families)
    let isSame = newDimensions.allSatisfy { name in
      again?.dimensions[name].map { $0.isSame(as: dimensions[name]) } ?? false
    }
    return isSame ? configuration : nil
  }
}

/// A field of a configuration that sets a dimension.
private struct DimensionField {
  let path: [String]
  let translation: ConfigurationMapping.Translation

  /// Whether the number of its entries is what counts.
  var isCount: Bool { if case .count = translation { true } else { false } }

  /// The field's value for one of the dimension's; nil where it has none.
  /// - Parameter old: The field's value so far.
  func written(_ value: DimensionValue, in old: JSONValue?) -> JSONValue? {
    switch translation {
    case .none: return value.json
    case .count:
      guard let count = value.exactInteger, (1...1_000_000).contains(count) else { return nil }
      let known: OrderedDictionary<String, JSONValue> =
        if case .map(let labels)? = old { labels } else { [:] }
      return .map(
        OrderedDictionary(
          uniqueKeysWithValues: (0..<count).map {
            (String($0), known[String($0)] ?? .text("LABEL_\($0)"))
          }))
    case .words(let words):
      let fitting = words.filter { $0.value.scalar?.text == value.word }.keys.sorted()
      if case .text(let text)? = old, fitting.contains(text) { return old }
      return fitting.first.map { .text($0) }
    default: return nil
    }
  }
}

extension ConfigurationMapping {
  /// The fields that set a dimension, the one that counts most last.
  fileprivate func fields(of dimension: String) -> [DimensionField] {
    rules.compactMap { field, rule in
      guard case .dimension(dimension, let translation, _) = rule else { return nil }
      return DimensionField(
        path: field.split(separator: ".").map(String.init), translation: translation)
    }
  }
}

extension DimensionValue {
  fileprivate var json: JSONValue {
    switch self {
    case .integer(let number): .integer(number)
    case .number(let number): .number(number)
    case .boolean(let flag): .bool(flag)
    case .text(let text): .text(text)
    }
  }

  /// As a description writes it.
  fileprivate var word: String {
    switch self {
    case .integer(let number): "\(number)"
    case .number(let number): "\(number)"
    case .boolean(let flag): "\(flag)"
    case .text(let text): text
    }
  }

  /// Whether it is the same value, 3 and 3.0 for one.
  fileprivate func isSame(as other: DimensionValue?) -> Bool {
    guard let other else { return false }
    return self == other || double != nil && double == other.double
  }
}

extension JSONValue {
  fileprivate subscript(path path: [String]) -> JSONValue? {
    path.reduce(Optional(self)) { value, name in
      if case .map(let fields)? = value { fields[name] } else { nil }
    }
  }

  fileprivate mutating func set(_ value: JSONValue, at path: [String]) {
    guard let first = path.first else {
      self = value
      return
    }
    var fields: OrderedDictionary<String, JSONValue> =
      if case .map(let old) = self { old } else { [:] }
    var inner = fields[first] ?? .map([:])
    inner.set(value, at: Array(path.dropFirst()))
    fields[first] = inner
    self = .map(fields)
  }

  /// Lets `label2id` say the same as `id2label`.
  fileprivate mutating func setLabelNumbers(beside path: [String]) {
    guard path.last == "id2label", case .map(let labels)? = self[path: path] else { return }
    let numbers = labels.compactMap { number, label -> (String, JSONValue)? in
      guard case .text(let text) = label, let number = Int(number) else { return nil }
      return (text, .integer(number))
    }
    set(
      .map(OrderedDictionary(numbers) { first, _ in first }),
      at: path.dropLast() + ["label2id"])
  }
}
