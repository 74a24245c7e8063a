import PeftBasics

/// Values as texts, as Python's `str` and `repr` have them.
struct Printing {
  let budget: Budget
  private var text = ""

  static func text(of value: Value, _ budget: Budget) throws -> String {
    if case .text(let text) = value { return text }
    var printing = Printing(budget: budget)
    try printing.print(value, depth: 0)
    return printing.text
  }

  /// `repr(value)`
  static func representation(of value: Value, _ budget: Budget) throws -> String {
    var printing = Printing(budget: budget)
    try printing.represent(value, depth: 0)
    return printing.text
  }

  private init(budget: Budget) { self.budget = budget }

  private mutating func add(_ piece: String) throws {
    try budget.make(piece.utf8.count)
    text += piece
    guard text.utf8.count <= budget.limits.textBytes else {
      throw Fault(.limit("a text of more than \(budget.limits.textBytes.grouped) bytes"))
    }
  }

  private mutating func print(_ value: Value, depth: Int) throws {
    switch value {
    case .undefined: break
    case .text(let text): try add(text)
    default: try represent(value, depth: depth)
    }
  }

  private mutating func represent(_ value: Value, depth: Int) throws {
    try budget.step()
    // Namespaces can be in each other, and in themselves.
    guard depth <= TemplateLimits.valueDepth else {
      throw Fault(.limit("values more than \(TemplateLimits.valueDepth) levels inside each other"))
    }
    switch value {
    case .undefined: try add("Undefined")
    case .null: try add("None")
    case .bool(let value): try add(value ? "True" : "False")
    case .integer(let number): try add("\(number)")
    case .longInteger(let digits): try add(digits)
    case .float(let number): try add(number.pythonText)
    case .text(let text): try add(text.pythonLiteral)
    case .list(let elements): try represent(elements.items, "[", "]", depth)
    case .tuple(let elements):
      try represent(elements.items, "(", elements.items.count == 1 ? ",)" : ")", depth)
    case .view(let name, let elements): try represent(elements.items, "\(name)([", "])", depth)
    case .map(let members): try represent(members, depth)
    case .range(let range):
      try add("range(\(range.start), \(range.end)\(range.step == 1 ? "" : ", \(range.step)"))")
    case .namespace(let namespace):
      try add("<Namespace ")
      try represent(namespace.attributes, depth)
      try add(">")
    case .macro(let macro):
      try add("<Macro \(macro.declaration.name.map(\.pythonLiteral) ?? "anonymous")>")
    case .loop(let loop): try add("<LoopContext \(loop.index + 1)/\(loop.count())>")
    case .iterator, .function, .method:
      throw Fault.wrong("a \(value.typeName) has no text that is always the same")
    }
  }

  private mutating func represent(
    _ items: [Value], _ opening: String, _ closing: String, _ depth: Int
  ) throws {
    try add(opening)
    for (index, item) in items.enumerated() {
      if index > 0 { try add(", ") }
      try represent(item, depth: depth + 1)
    }
    try add(closing)
  }

  private mutating func represent(_ members: Members, _ depth: Int) throws {
    try add("{")
    for (index, (key, value)) in members.items.enumerated() {
      if index > 0 { try add(", ") }
      try represent(key.value, depth: depth + 1)
      try add(": ")
      try represent(value, depth: depth + 1)
    }
    try add("}")
  }
}

extension String {
  /// The text in quotes, as Python prints it inside of a list.
  var pythonLiteral: String {
    let scalars = unicodeScalars
    let quote: Unicode.Scalar = scalars.contains("'") && !scalars.contains("\"") ? "\"" : "'"
    var result = String(quote)
    for scalar in scalars {
      switch scalar {
      case quote, "\\": result += "\\\(scalar)"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      default:
        if scalar == " " || scalar.isPythonPrintable {
          result.unicodeScalars.append(scalar)
        } else {
          let (letter, width) =
            scalar.value < 0x100 ? ("x", 2) : scalar.value < 0x10000 ? ("u", 4) : ("U", 8)
          let digits = String(scalar.value, radix: 16)
          result += "\\\(letter)" + String(repeating: "0", count: width - digits.count) + digits
        }
      }
    }
    return result + String(quote)
  }
}

extension Unicode.Scalar {
  fileprivate var isPythonPrintable: Bool {
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator, .spaceSeparator:
      false
    default: true
    }
  }
}

extension Double {
  /// The shortest text that means this number, laid out as Python does.
  var pythonText: String {
    if isNaN { return "nan" }
    if isInfinite { return self < 0 ? "-inf" : "inf" }
    let sign = self.sign == .minus ? "-" : ""
    // Swift finds the same digits, but moves to exponents elsewhere.
    let parts = "\(magnitude)".split(separator: "e")
    let mantissa = parts[0].split(separator: ".")
    var digits = String(mantissa[0]) + (mantissa.count > 1 ? String(mantissa[1]) : "")
    var point = mantissa[0].count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
    let zeros = digits.prefix { $0 == "0" }.count
    digits.removeFirst(zeros)
    point -= zeros
    while digits.last == "0" { digits.removeLast() }
    guard !digits.isEmpty else { return sign + "0.0" }
    if point > 16 || point < -3 {
      let exponent = point - 1
      let rest = digits.dropFirst()
      let power = String(exponent.magnitude)
      return sign + "\(digits.first!)" + (rest.isEmpty ? "" : ".\(rest)") + "e"
        + (exponent < 0 ? "-" : "+") + (power.count < 2 ? "0" : "") + power
    }
    if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
    if digits.count <= point {
      return sign + digits + String(repeating: "0", count: point - digits.count) + ".0"
    }
    return sign + digits.prefix(point) + "." + digits.dropFirst(point)
  }
}
