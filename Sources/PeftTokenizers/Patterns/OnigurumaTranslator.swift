import PeftBasics

/// Rewrites a pattern from Oniguruma's dialect, which `tokenizer.json` uses, into PCRE2's.
///
/// Only what means the same in both is let through; classes such as `\s` are spelled out.
struct OnigurumaTranslator {
  struct Problem: Error { let text: String }

  private static let deepest = 50
  private let scalars: [Unicode.Scalar]
  private var position = 0
  private var output = ""
  private var depth = 0

  static func translation(of pattern: String) throws(Problem) -> String {
    var translator = OnigurumaTranslator(scalars: Array(pattern.unicodeScalars))
    try translator.alternatives()
    guard translator.next == nil else { throw Problem(text: "a ) has no (") }
    return translator.output
  }

  private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

  private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  private mutating func take() -> Unicode.Scalar? {
    guard let scalar = next else { return nil }
    position += 1
    return scalar
  }

  private mutating func skip(_ text: String) -> Bool {
    guard scalars[position...].starts(with: text.unicodeScalars) else { return false }
    position += text.unicodeScalars.count
    return true
  }

  private mutating func run(_ accepts: (Unicode.Scalar) -> Bool) -> String {
    var run = String.UnicodeScalarView()
    while let scalar = next, accepts(scalar) {
      run.append(scalar)
      position += 1
    }
    return String(run)
  }

  // MARK: Structure

  private mutating func alternatives() throws(Problem) {
    var mayRepeat = false
    while let scalar = next, scalar != ")" {
      position += 1
      switch scalar {
      case "|":
        output += "|"
        mayRepeat = false
        continue
      case "(":
        mayRepeat = try group()
      case "[":
        output += "[" + (try characterClass())
        mayRepeat = true
      case "*", "+", "?":
        guard mayRepeat else { throw Problem(text: "nothing to repeat") }
        output.unicodeScalars.append(scalar)
        suffix(mayPossess: true)
        mayRepeat = false
      case "{":
        if let bounds = bounds() {
          guard mayRepeat else { throw Problem(text: "nothing to repeat") }
          output += bounds
          suffix(mayPossess: false)
          mayRepeat = false
          if next == "+" { throw Problem(text: "a repeat of a repeat") }
        } else {
          output += "\\{"
          mayRepeat = true
        }
      case "^": output += "(?m:^)"
      case "$": output += "(?m:$)"
      case ".":
        output += "[^\\n]"
        mayRepeat = true
      case "\\": mayRepeat = try escape()
      default:
        output += scalar.patternLiteral
        mayRepeat = true
      }
    }
  }

  private mutating func suffix(mayPossess: Bool) {
    if next == "?" || (mayPossess && next == "+") { output.unicodeScalars.append(take()!) }
  }

  /// `{2}`, `{1,3}`, `{2,}`, `{,3}`; nil where the brace is a character.
  private mutating func bounds() -> String? {
    let start = position
    let low = run { "0"..."9" ~= $0 }
    let hasComma = skip(",")
    let high = hasComma ? run { "0"..."9" ~= $0 } : ""
    guard low.count <= 4, high.count <= 4, !(low.isEmpty && high.isEmpty), skip("}") else {
      position = start
      return nil
    }
    return "{\(low.isEmpty ? "0" : low)\(hasComma ? "," : "")\(high)}"
  }

  /// - Returns: Whether a repeat may follow.
  private mutating func group() throws(Problem) -> Bool {
    var isAssertion = false
    var opening = "(?:"
    if skip("?") {
      if skip(":") {
      } else if skip(">") {
        opening = "(?>"
      } else if let assertion = ["<=", "<!", "=", "!"].first(where: { skip($0) }) {
        opening = "(?" + assertion
        isAssertion = true
      } else if skip("i:") {
        opening = "(?i:"
      } else if skip("-i:") {
        opening = "(?-i:"
      } else if skip("i)") {
        // Holds to the end of the group, alternatives included, as in PCRE2.
        output += "(?i)"
        return false
      } else {
        throw Problem(text: "a kind of group that is not supported")
      }
    }
    depth += 1
    guard depth <= Self.deepest else {
      throw Problem(text: "more than \(Self.deepest) groups deep")
    }
    output += opening
    try alternatives()
    guard skip(")") else { throw Problem(text: "a ( has no )") }
    output += ")"
    depth -= 1
    return !isAssertion
  }

  // MARK: Characters

  private static let space =
    #"\x{9}-\x{d}\x{20}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}"#
    + #"\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"#
  private static let notSpace =
    #"\x{0}-\x{8}\x{e}-\x{1f}\x{21}-\x{84}\x{86}-\x{9f}"#
    + #"\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}\x{202a}-\x{202e}\x{2030}-\x{205e}"#
    + #"\x{2060}-\x{2fff}\x{3001}-\x{10ffff}"#

  private mutating func escape() throws(Problem) -> Bool {
    switch next {
    case "b", "B", "A", "z", "Z":
      throw Problem(text: "\\\(take()!)")
    case let digit? where "1"..."9" ~= digit: throw Problem(text: "a reference to a group")
    default: break
    }
    let member = try classEscape()
    output += member.isSet ? "[\(member.text)]" : member.text
    return true
  }

  /// What follows a backslash, as a member of a class.
  private mutating func classEscape() throws(Problem) -> (text: String, isSet: Bool) {
    guard let scalar = take() else { throw Problem(text: "it ends in a lone backslash") }
    switch scalar {
    case "s": return (Self.space, true)
    case "S": return (Self.notSpace, true)
    case "d": return (#"\p{Nd}"#, true)
    case "D": return (#"\P{Nd}"#, true)
    case "p", "P":
      let isNegated = skip("{^") || !skip("{") ? (scalars[position - 1] == "^") : false
      let name = run { $0 != "}" }
      guard skip("}"), Self.properties.contains(name) else {
        throw Problem(text: "the property '\(name)'")
      }
      return ((scalar == "P") != isNegated ? "\\P{\(name)}" : "\\p{\(name)}", true)
    case "t": return ("\\x{9}", false)
    case "n": return ("\\x{a}", false)
    case "v": return ("\\x{b}", false)
    case "f": return ("\\x{c}", false)
    case "r": return ("\\x{d}", false)
    case "a": return ("\\x{7}", false)
    case "e": return ("\\x{1b}", false)
    case "x", "u":
      let isBraced = scalar == "x" && skip("{")
      let limit = isBraced ? 8 : scalar == "x" ? 2 : 4
      var digits = ""
      while digits.count < limit, let digit = next, digit.properties.isASCIIHexDigit {
        digits.unicodeScalars.append(digit)
        position += 1
      }
      guard !isBraced || skip("}"), isBraced || digits.count == limit,
        let value = UInt32(digits, radix: 16), let meant = Unicode.Scalar(value),
        isBraced || scalar == "u" || value < 0x80
      else { throw Problem(text: "\\\(scalar)\(digits)") }
      return (meant.patternLiteral, false)
    default:
      let isLetter = "a"..."z" ~= scalar || "A"..."Z" ~= scalar || "0"..."9" ~= scalar
      if isLetter { throw Problem(text: "\\\(scalar)") }
      return (scalar.patternLiteral, false)
    }
  }

  /// Scripts of the models there are, and the general categories.
  private static let properties: Set<String> = [
    "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc",
    "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp", "C",
    "Cc", "Cf", "Co", "Han", "Hiragana", "Katakana", "Hangul", "Latin", "Greek", "Cyrillic",
    "Arabic", "Hebrew", "Thai",
  ]

  /// A class after its opening bracket; a class inside it adds its members, as in Oniguruma.
  private mutating func characterClass(isInside: Bool = false) throws(Problem) -> String {
    var members = ""
    if skip("^") {
      if isInside { throw Problem(text: "a negated class inside a class") }
      members = "^"
    }
    if next == "]" { throw Problem(text: "a class that begins with ]") }
    while let scalar = take() {
      switch scalar {
      case "]":
        depth -= isInside ? 1 : 0
        return isInside ? members : members + "]"
      case "[":
        if next == ":" { throw Problem(text: "a class such as [:alpha:]") }
        depth += 1
        guard depth <= Self.deepest else { throw Problem(text: "classes too deep in each other") }
        members += try characterClass(isInside: true)
      case "&" where next == "&": throw Problem(text: "an intersection of classes")
      default:
        let first = scalar == "\\" ? try classEscape() : (scalar.patternLiteral, false)
        guard next == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else {
          members += first.0
          continue
        }
        position += 1
        guard !first.1, let last = take(), last != "[" else {
          throw Problem(text: "a range without a first and last character")
        }
        let high = last == "\\" ? try classEscape() : (last.patternLiteral, false)
        guard !high.1 else { throw Problem(text: "a range without a first and last character") }
        members += first.0 + "-" + high.0
      }
    }
    throw Problem(text: "a class has no end")
  }
}
