import PeftBasics

/// Parses each expression once, however many layers read it.
final class ExpressionStore {
  private var cache = ExpressionCache()

  func expression(_ text: String) throws(ExpressionError) -> Expression {
    try cache.expression(text)
  }

  func template(_ text: String) throws(ExpressionError) -> Template {
    try cache.template(text)
  }
}

extension Scope {
  private func lookup(_ name: String) -> DimensionValue? { locals[name] ?? dimensions[name] }

  private var knownNames: [String] { dimensions.names + locals.keys.sorted() }

  /// A number, a switch, a text, or an expression for one.
  func value(_ node: DocumentNode) throws -> DimensionValue {
    guard let scalar = node.scalar else {
      throw DescriptionError(
        StepProblem.wrongKind(expected: "one value", found: node.kindName), at: node.range)
    }
    switch scalar.value {
    case .integer(let value): return .integer(value)
    case .number(let value): return .number(value)
    case .bool(let value): return .boolean(value)
    case .tooLarge(let text):
      throw DescriptionError(DimensionProblem.tooLarge(text), at: node.range)
    case .null:
      throw DescriptionError(
        StepProblem.wrongKind(expected: "one value", found: node.kindName), at: node.range)
    case .string(let text):
      guard Expression.isMeant(by: scalar) else { return .text(text) }
      return try reading(node) { () throws(ExpressionError) in
        try expressions.expression(text).evaluate(known: knownNames) { lookup($0) }
      }
    }
  }

  /// A whole number of at least `minimum`.
  func whole(_ node: DocumentNode, minimum: Int) throws -> Int {
    let value: Int
    if let written = node.integer {
      value = written
    } else if let scalar = node.scalar, case .string(let text) = scalar.value {
      value = try reading(node) { () throws(ExpressionError) in
        try expressions.expression(text).evaluateInteger(known: knownNames) { lookup($0) }
      }
    } else if let integer = try self.value(node).exactInteger {
      value = integer
    } else {
      throw DescriptionError(
        StepProblem.wrongKind(
          expected: "a whole number", found: node.scalar?.text ?? node.kindName), at: node.range)
    }
    guard value >= minimum else {
      throw DescriptionError(
        StepProblem.belowMinimum(value, minimum: minimum), at: node.range, note: note(on: [node]))
    }
    return value
  }

  func number(_ node: DocumentNode) throws -> Double {
    guard let number = try value(node).double, number.isFinite else {
      throw mismatch(node, expected: "a number")
    }
    return number
  }

  func flag(_ node: DocumentNode) throws -> Bool {
    if let flag = node.bool { return flag }
    let value =
      if let text = node.string, text.utf8.contains(where: Self.isOperatorCharacter) {
        try reading(node) { () throws(ExpressionError) in
          try expressions.expression(text).evaluate(known: knownNames) { lookup($0) }
        }
      } else {
        try value(node)
      }
    guard case .boolean(let flag) = value else { throw mismatch(node, expected: "true or false") }
    return flag
  }

  /// Whether a text with this character can be an expression for a switch: `$tied`, `not $tied`.
  private static func isOperatorCharacter(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "$") || byte == UInt8(ascii: " ")
  }

  /// A text, with $name replaced.
  func text(_ node: DocumentNode) throws -> String {
    guard let scalar = node.scalar, !node.isNull else {
      throw mismatch(node, expected: "a name")
    }
    return try text(scalar.text, at: node)
  }

  private func text(_ text: String, at node: DocumentNode) throws -> String {
    guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
    return try reading(node) { () throws(ExpressionError) in
      try expressions.template(text).evaluate(known: knownNames) { lookup($0) }
    }
  }

  private func reading<Result>(
    _ node: DocumentNode, _ body: () throws(ExpressionError) -> Result
  ) throws -> Result {
    do throws(ExpressionError) { return try body() } catch {
      throw error.inText(of: node, note: note(on: [node]))
    }
  }

  private func mismatch(_ node: DocumentNode, expected: String) -> DescriptionError {
    DescriptionError(
      StepProblem.wrongKind(
        expected: expected, found: node.scalar.map { "'\($0.text)'" } ?? node.kindName),
      at: node.range, note: note(on: [node]))
  }

  /// The dimensions that some attributes read, with their values and where they were set.
  func note(on nodes: [DocumentNode]) -> String? {
    var notes: [String] = []
    for node in nodes {
      guard let text = node.string, text.contains("$"),
        let names = try? expressions.template(text).names + expressions.expression(text).names
      else { continue }
      for name in names {
        guard let note = dimensions.note(about: name, in: node.range.file), !notes.contains(note)
        else { continue }
        notes.append(note)
      }
    }
    return notes.isEmpty ? nil : notes.joined(separator: ", ")
  }
}

extension Expression {
  /// Whether a scalar is meant as an expression: it reads a name, or it stands without quotes,
  /// starts like a number and can be read as one.
  static func isMeant(by scalar: Scalar) -> Bool {
    guard case .string(let text) = scalar.value else { return false }
    if text.utf8.contains(UInt8(ascii: "$")) { return true }
    guard !scalar.isQuoted, let first = text.unicodeScalars.first,
      first.isDigit || "(-.".unicodeScalars.contains(first)
    else { return false }
    return (try? Expression(text)) != nil
  }
}
