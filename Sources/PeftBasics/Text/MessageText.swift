/// Text from a file, as messages and terminals show it.
extension StringProtocol {
  /// This text with its control characters spelled out, so that a name from a file can neither break
  /// a line nor talk to a terminal.
  package var printable: String { shown(upTo: .max) }

  /// This text on one line, its control characters spelled out, shortened where it is long.
  /// - Parameter length: The most characters (Unicode scalars) of it.
  package func shown(upTo length: Int) -> String {
    if length == .max, !unicodeScalars.contains(where: \.isControl) { return String(self) }
    var shown = ""
    for (count, scalar) in unicodeScalars.enumerated() {
      if count == length { return shown + "…" }
      if scalar.isControl {
        shown += scalar.spelled
      } else {
        shown.unicodeScalars.append(scalar)
      }
    }
    return shown
  }

  /// This text with what can talk to a terminal or turn a line round spelled out: control characters but
  /// for tabs and line ends, and those that set the direction of writing.
  /// - Parameter codes: Sequences for a terminal that stay.
  package func printableText(keeping codes: [String] = []) -> String {
    guard unicodeScalars.contains(where: \.isCommand) else { return String(self) }
    var text = ""
    var rest = Substring(self).unicodeScalars[...]
    while let scalar = rest.first {
      if let code = codes.first(where: { rest.starts(with: $0.unicodeScalars) }) {
        text += code
        rest.removeFirst(code.unicodeScalars.count)
        continue
      }
      rest.removeFirst()
      let breaksLine = scalar == "\n" || scalar == "\r" && rest.first == "\n"
      if breaksLine || scalar == "\t" || !scalar.isCommand {
        text.unicodeScalars.append(scalar)
      } else {
        text += scalar.spelled
      }
    }
    return text
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
  /// Whether this is a control character or sets the direction of the text after it.
  fileprivate var isCommand: Bool {
    switch value {
    case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  fileprivate var spelled: String { "\\u{\(String(value, radix: 16))}" }

  /// Whether this is a control character, ends a line, or changes the direction of the text.
  fileprivate var isControl: Bool {
    if 0x20..<0x7F ~= value { return false }
    return switch properties.generalCategory {
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
