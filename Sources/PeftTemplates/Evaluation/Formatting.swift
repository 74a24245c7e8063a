import PeftPlatform

/// `'%s and %d' % (…)`: Python's older way to format, as far as templates use it.
struct Formatting {
  let budget: Budget
  let operands: [Value]
  private var next = 0

  init(budget: Budget, operands: [Value]) { (self.budget, self.operands) = (budget, operands) }

  private struct Field {
    var flags: Set<Unicode.Scalar> = []
    var width = 0
    var precision: Int?
  }

  mutating func text(_ format: String) throws -> String {
    var result = ""
    var rest = format.unicodeScalars[...]
    while let character = rest.popFirst() {
      guard character == "%" else {
        result.unicodeScalars.append(character)
        continue
      }
      var field = Field()
      while let flag = rest.first, "-+ 0#".unicodeScalars.contains(flag) {
        field.flags.insert(flag)
        rest.removeFirst()
      }
      field.width = try Self.number(&rest) ?? 0
      if rest.first == "." {
        rest.removeFirst()
        field.precision = try Self.number(&rest) ?? 0
      }
      guard let kind = rest.popFirst() else { throw Fault.wrong("the format ends within a '%'") }
      let piece = kind == "%" ? "%" : try piece(kind, field)
      try budget.make(text: piece.utf8.count)
      result += piece
    }
    guard next == operands.count || operands.count == 1 && Self.isMap(operands[0]) else {
      throw Fault.wrong("the format has fewer places than it is given values")
    }
    return result
  }

  private static func isMap(_ value: Value) -> Bool {
    if case .map = value { true } else { false }
  }

  private static func number(_ rest: inout Substring.UnicodeScalarView) throws -> Int? {
    let digits = rest.prefix { $0.isDigit }
    guard !digits.isEmpty else { return nil }
    rest = rest[digits.endIndex...]
    guard let number = Int(String(digits)), number <= 1000 else {
      throw Fault(.limit("a width beyond 1000 in a format"))
    }
    return number
  }

  private mutating func piece(_ kind: Unicode.Scalar, _ field: Field) throws -> String {
    guard next < operands.count else {
      throw Fault.wrong("the format has more places than it is given values")
    }
    let value = operands[next]
    next += 1
    switch kind {
    case "s", "r":
      let text =
        kind == "s"
        ? try Printing.text(of: value, budget) : try Printing.representation(of: value, budget)
      let cut = field.precision.map { String(text.unicodeScalars.prefix($0)) } ?? text
      return padded(cut, "", field, zeros: false)
    case "d", "i", "u":
      guard let number = value.number, number.magnitude < 9e18 else {
        throw Fault.wrong("'%\(kind)' needs a number, not '\(value.typeName)'")
      }
      let whole = value.asInteger ?? Int(number)
      return signed(String(whole.magnitude), isNegative: whole < 0, field)
    case "x", "X", "o":
      guard let number = value.asInteger else {
        throw Fault.wrong("'%\(kind)' needs a whole number, not '\(value.typeName)'")
      }
      let digits = String(
        number.magnitude, radix: kind == "o" ? 8 : 16, uppercase: kind == "X")
      return signed(digits, isNegative: number < 0, field)
    case "f", "F":
      guard let number = value.number else {
        throw Fault.wrong("'%f' needs a number, not '\(value.typeName)'")
      }
      let digits = number.magnitude.fixedPython(field.precision ?? 6)
      return signed(digits, isNegative: number.sign == .minus, field)
    default: throw Fault(.unsupported("'%\(kind)' in a format"))
    }
  }

  private func signed(_ digits: String, isNegative: Bool, _ field: Field) -> String {
    let sign =
      isNegative ? "-" : field.flags.contains("+") ? "+" : field.flags.contains(" ") ? " " : ""
    return padded(digits, sign, field, zeros: field.flags.contains("0"))
  }

  private func padded(_ text: String, _ sign: String, _ field: Field, zeros: Bool) -> String {
    let missing = max(0, field.width - text.unicodeScalars.count - sign.count)
    let blanks = String(repeating: zeros ? "0" : " ", count: missing)
    if field.flags.contains("-") {
      return sign + text + String(repeating: " ", count: missing)
    }
    return zeros ? sign + blanks + text : blanks + sign + text
  }
}

extension Double {
  /// The number with so many digits after the point; a tie goes to the even digit where it is exact.
  func fixedPython(_ places: Int) -> String {
    guard isFinite else { return isNaN ? "nan" : "inf" }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 400 + places) { buffer in
      let length = withVaList([Int32(clamping: places), self]) {
        vsnprintf(buffer.baseAddress, buffer.count, "%.*f", $0)
      }
      return String(
        decoding: buffer[..<max(0, Int(length))].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }
}
