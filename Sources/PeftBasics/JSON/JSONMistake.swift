/// Why bytes are not JSON, and where.
public struct JSONMistake: Diagnosis, Hashable {
  public enum Reason: Hashable, Sendable {
    case ends(expected: String)
    case unexpected(byte: UInt8, expected: String)
    case notUTF8
    case badEscape
    case bareControlCharacter
    case tooDeep(limit: Int)
    case contentAfterEnd
  }

  public let reason: Reason
  /// Bytes before the place, from the start of the text.
  public let offset: Int

  public var words: (problem: String, fix: String?) { ("byte \(offset): \(whatIsWrong)", nil) }

  /// What is wrong, without the place.
  package var whatIsWrong: String {
    switch reason {
    case .ends(let expected): "it ends where \(expected) is expected"
    case .unexpected(let byte, let expected):
      "\(Self.name(of: byte)) where \(expected) is expected"
    case .notUTF8: "a text that is not UTF-8"
    case .badEscape: "an escape that JSON does not have"
    case .bareControlCharacter: "a control character inside a text"
    case .tooDeep(let limit): "more than \(limit) levels of brackets"
    case .contentAfterEnd: "more after the end"
    }
  }

  private static func name(of byte: UInt8) -> String {
    0x21..<0x7F ~= byte
      ? "'\(Unicode.Scalar(byte))'" : "the byte 0x" + String(byte, radix: 16, uppercase: true)
  }
}

/// What a JSON value is, as far as its first byte says.
package enum JSONKind: String {
  case object = "an object"
  case list = "a list"
  case text = "a text"
  case number = "a number"
  case truthValue = "true or false"
  case null = "null"
}
