/// Builds an SVG document, element by element.
package struct SVGText {
  private(set) var lines: [String] = []
  private var depth = 0

  /// Adds an element without content.
  package mutating func add(_ name: String, _ attributes: KeyValuePairs<String, String>) {
    line("<\(name)\(Self.text(of: attributes))/>")
  }

  /// Adds an element with text in it.
  package mutating func add(
    _ name: String, _ attributes: KeyValuePairs<String, String>, text: String
  ) {
    line("<\(name)\(Self.text(of: attributes))>\(Self.escaped(text))</\(name)>")
  }

  /// Adds an element with others in it.
  package mutating func add(
    _ name: String, _ attributes: KeyValuePairs<String, String>,
    containing build: (inout SVGText) -> Void
  ) {
    line("<\(name)\(Self.text(of: attributes))>")
    depth += 1
    build(&self)
    depth -= 1
    line("</\(name)>")
  }

  private mutating func line(_ text: String) {
    lines.append(String(repeating: "  ", count: depth) + text)
  }

  private static func text(of attributes: KeyValuePairs<String, String>) -> String {
    attributes.map { " \($0)=\"\(escaped($1))\"" }.joined()
  }

  /// The text without what XML gives a meaning, or does not allow at all.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&apos;"
      case "\t", "\n", "\r": result += " "
      case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF:
        result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// A coordinate, to a tenth of a pixel.
  package static func number(_ value: Double) -> String {
    let text = value.fixed(1)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
