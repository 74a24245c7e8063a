/// Text from a file, as messages and terminals show it.
extension StringProtocol {
  /// This text with its control characters spelled out, so that a name from a file can neither break
  /// a line nor talk to a terminal.
  package var printable: String { shown(upTo: .max) }

  /// This text on one line, its control characters spelled out, shortened where it is long.
  /// - Parameter length: The most characters (Unicode scalars) of it.
  package func shown(upTo length: Int) -> String {
    var shown = ""
    for (count, scalar) in unicodeScalars.enumerated() {
      if count == length { return shown + "…" }
      if scalar.isControl {
        shown += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        shown.unicodeScalars.append(scalar)
      }
    }
    return shown
  }

  /// A name, as far as a message has room for it.
  package var shown: String { shown(upTo: 120) }

  /// A piece of a document, as far as a message has room for it.
  package var inMessage: String { shown(upTo: 60) }

  /// This text in quotation marks, as far as a message has room for it.
  package func inQuotes(_ mark: Character = "'", upTo length: Int = 120) -> String {
    "\(mark)\(shown(upTo: length))\(mark)"
  }

  /// A name in single quotation marks.
  package var quoted: String { inQuotes() }

  /// A pattern, or what it is compared with, in double quotation marks.
  package var doubleQuoted: String { inQuotes("\"", upTo: 80) }
}

extension Unicode.Scalar {
  /// Whether this is a control character, ends a line, or changes the direction of the text.
  fileprivate var isControl: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}

extension [String] {
  /// `a, b, c and 4 more`.
  package func listed(upTo count: Int) -> String {
    let rest = self.count > count ? " and \((self.count - count).grouped) more" : ""
    return prefix(count).joined(separator: ", ") + rest
  }
}
