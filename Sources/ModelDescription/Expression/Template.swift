import PeftBasics

/// Text with values in it, as names of modules need: `layer.$index`, `$prefix.q_proj`,
/// `expert.${$index + 1}`. `$$` is a dollar.
package struct Template: Hashable, Sendable {
  package let text: String
  private let parts: [Part]

  private enum Part: Hashable, Sendable {
    case text(String)
    case value(Expression)
  }

  package init(_ text: String) throws(ExpressionError) {
    self.text = text
    guard text.utf8.contains(UInt8(ascii: "$")) else {
      parts = [.text(text)]
      return
    }
    let characters = Array(text.unicodeScalars)
    var parts: [Part] = []
    var plain = String.UnicodeScalarView()
    var position = 0
    while position < characters.count {
      let next = position + 1 < characters.count ? characters[position + 1] : nil
      guard characters[position] == "$" else {
        plain.append(characters[position])
        position += 1
        continue
      }
      if next == "$" {
        plain.append("$")
        position += 2
        continue
      }
      if !plain.isEmpty { parts.append(.text(String(plain))) }
      plain = String.UnicodeScalarView()
      let end: Int
      if next == "{" {
        end = try Self.closingBrace(in: characters, from: position)
        parts.append(.value(try Expression(characters[position + 2..<end - 1])))
      } else {
        end = characters[(position + 1)...].firstIndex { !$0.isNamePart } ?? characters.count
        parts.append(.value(try Expression(characters[position..<max(end, position + 1)])))
      }
      position = end
    }
    if !plain.isEmpty { parts.append(.text(String(plain))) }
    self.parts = parts
  }

  /// Whether it is plain text, the same for all values.
  package var isConstant: Bool {
    parts.allSatisfy { if case .text = $0 { true } else { false } }
  }

  /// The names it reads, each once, in the order they are written.
  package var names: [String] {
    var names: [String] = []
    for case .value(let expression) in parts {
      for name in expression.names where !names.contains(name) { names.append(name) }
    }
    return names
  }

  /// The text, once names have their values.
  func evaluate(
    known: @autoclosure () -> [String] = [], _ lookup: Expression.Lookup
  ) throws(ExpressionError) -> String {
    var result = ""
    for part in parts {
      switch part {
      case .text(let text): result += text
      case .value(let expression):
        result += try expression.evaluate(known: known(), lookup).description
      }
    }
    return result
  }

  /// The offset behind the `}` of the `${` at `start`; braces inside `'text'` do not count.
  private static func closingBrace(
    in characters: [Unicode.Scalar], from start: Int
  ) throws(ExpressionError) -> Int {
    var isQuoted = false
    for index in characters.indices[(start + 2)...] {
      if characters[index] == "'" { isQuoted.toggle() }
      if characters[index] == "}", !isQuoted { return index + 1 }
    }
    throw .here(
      .syntax(found: "the end of the text", expected: "'}' for the '${'", fix: "close it with '}'"),
      characters: start..<characters.count)
  }
}
