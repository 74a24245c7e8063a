import PeftBasics

/// What an attribute can hold, for the loader's checks and for the JSON Schema.
enum AttributeKind: Sendable {
  /// A whole number of at least `minimum`, or an expression for one.
  case whole(minimum: Int)
  /// A whole number, negative from the end, `none`, or an expression for one of these.
  case row
  case number
  case flag
  case text
  case word([String])
  /// One name or a list of names.
  case names
  /// A list of whole numbers, each of at least 1.
  case sizes
  /// A whole number of at least `minimum`, or a list of one for each axis.
  case sizesByAxis(minimum: Int)
  /// The same from 0, or a word: `same`, `valid`.
  case padding
  /// An axis: a whole number, below 0 from the end, or the name of an open one.
  case axis
  /// One axis or a list of them.
  case axes
  /// A list of steps.
  case steps
  /// A list of module paths, each perhaps with a kind.
  case modules
}

/// An attribute as the schema and the checks see it.
protocol AttributeDeclaration: Sendable {
  var name: String { get }
  var kind: AttributeKind { get }
  var summary: String { get }
  var isRequired: Bool { get }
}

/// An attribute and the type it is read as.
struct Attribute<Value: AttributeValue>: AttributeDeclaration {
  let name: String
  let kind: AttributeKind
  let summary: String
  let defaultValue: Value?
  let isRequired: Bool

  /// An attribute that may be left out.
  init(_ name: String, _ kind: AttributeKind, default value: Value? = nil, _ summary: String) {
    self.name = name
    self.kind = kind
    self.summary = summary
    defaultValue = value
    isRequired = false
  }

  private init(required name: String, _ kind: AttributeKind, _ summary: String) {
    self.name = name
    self.kind = kind
    self.summary = summary
    defaultValue = nil
    isRequired = true
  }

  /// An attribute that must be given.
  static func required(_ name: String, _ kind: AttributeKind, _ summary: String) -> Self {
    Self(required: name, kind, summary)
  }
}

/// A type that attributes are read as.
protocol AttributeValue: Sendable {
  static func read(_ node: DocumentNode, as kind: AttributeKind, in scope: Scope) throws -> Self
}

extension Int: AttributeValue {
  static func read(_ node: DocumentNode, as kind: AttributeKind, in scope: Scope) throws -> Int {
    let minimum = if case .whole(let minimum) = kind { minimum } else { 1 }
    return try scope.whole(node, minimum: minimum)
  }
}

extension Double: AttributeValue {
  static func read(_ node: DocumentNode, as _: AttributeKind, in scope: Scope) throws -> Double {
    try scope.number(node)
  }
}

extension Bool: AttributeValue {
  static func read(_ node: DocumentNode, as _: AttributeKind, in scope: Scope) throws -> Bool {
    try scope.flag(node)
  }
}

extension String: AttributeValue {
  static func read(_ node: DocumentNode, as kind: AttributeKind, in scope: Scope) throws -> String {
    let text = try scope.text(node)
    if case .word(let words) = kind, !words.contains(text) {
      throw DescriptionError(
        StepProblem.unknownWord(text, known: words), at: node.range, note: scope.note(on: [node]))
    }
    return text
  }
}

/// The number of a table's row, or none.
struct TableRow: AttributeValue {
  /// As it was given; nil for none.
  let number: Int?

  /// The row, counted from the first one; a number of none is left as it is.
  func index(among count: Int) -> Int? {
    number.map { -count..<0 ~= $0 ? $0 + count : $0 }
  }

  static func read(_ node: DocumentNode, as _: AttributeKind, in scope: Scope) throws -> TableRow {
    try TableRow(
      number: scope.value(node) == .text("none") ? nil : scope.whole(node, minimum: .min))
  }
}

/// A list; one value alone stands for a list of it.
extension Array: AttributeValue where Element: AttributeValue {
  static func read(
    _ node: DocumentNode, as kind: AttributeKind, in scope: Scope
  ) throws -> [Element] {
    try (node.elements ?? [node]).map { try Element.read($0, as: kind, in: scope) }
  }
}
