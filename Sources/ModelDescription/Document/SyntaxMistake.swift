import PeftBasics

/// A sentence about text that is neither YAML nor JSON, and what to do about it.
///
/// libyaml says what its parser expected; the words here say what its writer should do.
package struct SyntaxMistake: Hashable, Sendable {
  package let message: String
  package let fix: String?

  init(_ message: String, fix: String?) {
    self.message = message
    self.fix = fix
  }

  /// A key such as `{width:768}`, which YAML reads as one word.
  static func missingSpace(after key: String) -> SyntaxMistake {
    let name = key.prefix { $0 != ":" }
    return SyntaxMistake(
      "a space is missing after the ':' in '\(key.inMessage)'",
      fix: "write '\(name.inMessage): \(key.dropFirst(name.count + 1).inMessage)'")
  }

  /// - Parameters:
  ///   - problem: libyaml's words for what is wrong.
  ///   - context: What libyaml was reading at that point, for example "while parsing a flow sequence".
  ///   - startLine: The line where that started.
  ///   - found: The character at the place, if the text goes on there.
  ///   - before: The last character before it on its line that is no blank.
  init(
    problem: String, context: String, startLine: Int, found: Unicode.Scalar?,
    before: Unicode.Scalar?
  ) {
    let what = found.map { $0 == "\n" || $0 == "\r" ? "the end of the line" : "'\($0.inMessage)'" }
    let here = what ?? "the end of the file"
    switch problem {
    case "did not find expected key" where before == "'" || before == "\"":
      self.init(
        "more text follows a closing quote",
        fix: "put quotes around all of it; inside single quotes, write '' for '")
    case "did not find expected key" where found == "]" || found == "}":
      self.init("\(here) closes nothing", fix: "remove it, or open a bracket before it")
    case "could not find expected ':'":
      self.init(
        "a key needs a ':' after it, on the same line",
        fix: "write 'key: value', with a space after the ':'")
    case "mapping values are not allowed in this context":
      self.init(
        "a ':' is not expected here",
        fix: "indent the key like its neighbours, or put quotes around a value with ': ' in it")
    case "block sequence entries are not allowed in this context":
      self.init(
        "a '- ' is not expected here",
        fix: "start the list on its own line, or put quotes around text that starts with '- '")
    case "block collections are not allowed in this context", "did not find expected key",
      "block mapping keys are not allowed in this context",
      "mapping keys are not allowed in this context":
      self.init(
        "a key of the mapping that starts at line \(startLine) is expected, found \(here)",
        fix: "indent all keys of a mapping alike, and close every quote and bracket")
    case "did not find expected '-' indicator":
      self.init(
        "another '- ' of the list that starts at line \(startLine) is expected, found \(here)",
        fix: "indent all elements of a list alike")
    case "did not find expected ',' or ']'":
      self.init(
        "',' or ']' is expected in the list that starts at line \(startLine), found \(here)",
        fix: "put a ',' between elements, and close the list with ']'")
    case "did not find expected ',' or '}'":
      self.init(
        "',' or '}' is expected in the mapping that starts at line \(startLine), found \(here)",
        fix: "put a ',' between entries, and close the mapping with '}'")
    case "found unexpected end of stream":
      self.init("this quote is never closed", fix: "put the same quote after the text")
    case "found unexpected document indicator":
      self.init(
        "a document ends inside a quote that starts at line \(startLine)", fix: "close the quote")
    case "found character that cannot start any token":
      self.init(
        "a value cannot start with \(here)", fix: "put quotes around text that starts with it")
    case "found unknown escape character":
      self.init(
        "'\\' does not go with \(here)",
        fix: "write '\\\\' for a backslash, or use single quotes")
    case "found invalid Unicode character escape code", "did not find expected hexdecimal number":
      self.init(
        "an escape needs the code of a character in hexadecimal digits",
        fix: "write '\\x' with 2 digits, '\\u' with 4 or '\\U' with 8, or the character itself")
    case "found unknown directive name":
      self.init(
        "a line that starts with '%' is a directive, and this one is unknown",
        fix: "remove this line, or put quotes around text that starts with '%'")
    case "control characters are not allowed":
      self.init("a control character stands here", fix: "remove it, or write it as an escape")
    case "did not find expected <document start>":
      self.init(
        "the document has ended, but \(here) follows",
        fix: "check for a bracket too many, or for indentation")
    case "did not find expected node content":
      self.init("a value is expected, found \(here)", fix: "write a value, or '~' for none")
    default:
      self.init(
        context.isEmpty ? problem : "\(problem), \(context)",
        fix: "put quotes around text with special characters")
    }
  }
}

extension Unicode.Scalar {
  fileprivate var inMessage: String { String(self).inMessage }
}
