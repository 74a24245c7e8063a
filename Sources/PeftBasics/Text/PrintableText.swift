/// Text and numbers as people read them.
extension String {
  /// This text with its control characters spelled out, so that a name from a file can neither break
  /// a line nor talk to a terminal.
  package var printable: String {
    guard unicodeScalars.contains(where: \.isControl) else { return self }
    return unicodeScalars.reduce(into: "") { text, scalar in
      if scalar.isControl {
        text += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
  }

  /// A name from a file as far as a message has room for it.
  package var shown: String {
    let longest = 120
    guard utf8.count > longest else { return printable }
    return (String(unicodeScalars.prefix(longest)) + "…").printable
  }

  /// This text with spaces before it, so that it is that many characters wide.
  package func rightAligned(_ width: Int) -> String {
    String(repeating: " ", count: Swift.max(0, width - count)) + self
  }

  /// This text with spaces after it, so that it is that many characters wide.
  package func leftAligned(_ width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(0, width - count))
  }
}

extension Unicode.Scalar {
  /// Whether this is a control character, ends a line, or changes the direction of the text.
  fileprivate var isControl: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: true
    default: false
    }
  }
}

extension Int {
  /// The number with a comma before every three digits: `124,439,808`.
  package var grouped: String {
    let digits = String(magnitude)
    var text = self < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
      text.append(digit)
    }
    return text
  }
}
