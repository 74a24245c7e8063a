import PeftBasics

/// Methods of texts.
enum TextMethods {
  private struct Method: Sendable {
    let parameters: [String]
    let body: @Sendable (String, Bound, Evaluator) throws -> Value

    init(
      _ parameters: String...,
      body: @escaping @Sendable (String, Bound, Evaluator) throws -> Value
    ) {
      (self.parameters, self.body) = (parameters, body)
    }
  }

  private static let all: [String: Method] = [
    "upper": Method { text, _, _ in .text(text.uppered) },
    "lower": Method { text, _, _ in .text(text.lowered) },
    "casefold": Method { text, _, _ in .text(text.lowered) },
    "capitalize": Method { text, _, _ in .text(text.capitalised) },
    "title": Method { text, _, _ in .text(text.titled) },
    "swapcase": Method { text, _, _ in .text(swapped(text)) },
    "strip": Method("chars") { text, bound, _ in .text(text.stripped(try bound.text(0))) },
    "lstrip": Method("chars") { text, bound, _ in
      .text(text.stripped(try bound.text(0), end: false))
    },
    "rstrip": Method("chars") { text, bound, _ in
      .text(text.stripped(try bound.text(0), start: false))
    },
    "removeprefix": Method("prefix") { text, bound, _ in
      let prefix = try bound.requiredText(0)
      return .text(
        text.hasBytesPrefix(prefix) ? text.bytes(prefix.utf8.count..<text.utf8.count) : text)
    },
    "removesuffix": Method("suffix") { text, bound, _ in
      let suffix = try bound.requiredText(0)
      return .text(
        text.hasBytesSuffix(suffix) ? text.bytes(0..<(text.utf8.count - suffix.utf8.count)) : text
      )
    },
    "startswith": Method("prefix", "start", "end") { text, bound, _ in
      let part = try part(of: text, bound)
      return .bool(try any(bound) { part.hasBytesPrefix($0) })
    },
    "endswith": Method("suffix", "start", "end") { text, bound, _ in
      let part = try part(of: text, bound)
      return .bool(try any(bound) { part.hasBytesSuffix($0) })
    },
    "split": Method("sep", "maxsplit") { try split($0, $1, $2, fromEnd: false) },
    "rsplit": Method("sep", "maxsplit") { try split($0, $1, $2, fromEnd: true) },
    "splitlines": Method("keepends") { text, bound, evaluator in
      let lines = text.lines(keepingEnds: bound.flag(0))
      try evaluator.budget.make(lines.count * Budget.elementBytes)
      return .list(Elements(texts: lines))
    },
    "partition": Method("sep") { text, bound, _ in try partition(text, bound, fromEnd: false) },
    "rpartition": Method("sep") { text, bound, _ in try partition(text, bound, fromEnd: true) },
    "replace": Method("old", "new", "count") { text, bound, evaluator in
      .text(
        try replace(
          text, bound.requiredText(0), bound.requiredText(1), bound.integer(2), evaluator.budget))
    },
    "join": Method("iterable") { text, bound, evaluator in
      let texts = try bound.required(0).elements(evaluator.budget).map { value in
        guard case .text(let text) = value else {
          throw Fault.wrong("'join' needs texts, not '\(value.typeName)'")
        }
        return text
      }
      return .text(try joined(texts, text, evaluator.budget))
    },
    "find": Method("sub") { text, bound, _ in .integer(try index(text, bound, fromEnd: false) ?? -1)
    },
    "rfind": Method("sub") { text, bound, _ in .integer(try index(text, bound, fromEnd: true) ?? -1)
    },
    "index": Method("sub") { text, bound, _ in
      guard let index = try index(text, bound, fromEnd: false) else {
        throw Fault.wrong("'index' finds no such text")
      }
      return .integer(index)
    },
    "count": Method("sub") { text, bound, _ in
      let part = try bound.requiredText(0)
      return .integer(
        part.isEmpty ? text.unicodeScalars.count + 1 : text.offsets(of: part).count)
    },
    "center": Method("width", "fillchar") { text, bound, evaluator in
      .text(
        try centred(
          text, bound.requiredInteger(0), bound.text(1) ?? " ", evaluator.budget))
    },
    "ljust": Method("width", "fillchar") { text, bound, evaluator in
      .text(try text + filling(text, bound, evaluator.budget))
    },
    "rjust": Method("width", "fillchar") { text, bound, evaluator in
      .text(try filling(text, bound, evaluator.budget) + text)
    },
    "zfill": Method("width") { text, bound, evaluator in
      let zeros = try filling(text, bound.requiredInteger(0), "0", evaluator.budget)
      let hasSign = text.hasPrefix("-") || text.hasPrefix("+")
      return .text(
        hasSign ? text.bytes(0..<1) + zeros + text.bytes(1..<text.utf8.count) : zeros + text)
    },
    "isspace": Method { text, _, _ in .bool(all(text, \.isPythonSpace)) },
    "isdigit": Method { text, _, _ in .bool(all(text) { $0.properties.numericType.isDigit }) },
    "isdecimal": Method { text, _, _ in .bool(all(text) { $0.properties.numericType == .decimal })
    },
    "isnumeric": Method { text, _, _ in .bool(all(text) { $0.properties.numericType != nil }) },
    "isalpha": Method { text, _, _ in .bool(all(text, \.isPythonLetter)) },
    "isalnum": Method { text, _, _ in .bool(all(text, \.isPythonAlphanumeric)) },
    "isascii": Method { text, _, _ in .bool(text.utf8.allSatisfy { $0 < 0x80 }) },
    "isupper": Method { text, _, _ in .bool(text.isCased(upper: true)) },
    "islower": Method { text, _, _ in .bool(text.isCased(upper: false)) },
  ]

  static let names: Set<String> = Set(all.keys).union(["format"])

  static func call(
    _ name: String, of text: String, _ arguments: Arguments, _ evaluator: Evaluator
  ) throws -> Value {
    try evaluator.budget.make(text: text.utf8.count)
    if name == "format" { return .text(try format(text, arguments, evaluator)) }
    guard let method = all[name] else { throw Fault(.unsupported("the method '\(name)'")) }
    let bound = try arguments.bound(to: method.parameters, of: "'\(name)'")
    return try method.body(text, bound, evaluator)
  }

  // MARK: Parts

  private static func split(
    _ text: String, _ bound: Bound, _ evaluator: Evaluator, fromEnd: Bool
  ) throws -> Value {
    let given = try bound.integer(1) ?? -1
    let limit = given < 0 ? Int.max : given
    var pieces: [String]
    if let separator = try bound.text(0) {
      guard !separator.isEmpty else { throw Fault.wrong("'split' at an empty text") }
      pieces = text.pieces(between: separator, limit: limit, fromEnd: fromEnd)
    } else {
      pieces = fromEnd ? text.wordsFromEnd(limit: limit) : text.words(limit: limit)
    }
    try evaluator.budget.make(pieces.count * Budget.elementBytes)
    return .list(Elements(texts: pieces))
  }

  private static func partition(
    _ text: String, _ bound: Bound, fromEnd: Bool
  ) throws -> Value {
    let separator = try bound.requiredText(0)
    guard !separator.isEmpty else { throw Fault.wrong("'partition' at an empty text") }
    let pieces = text.pieces(between: separator, limit: 1, fromEnd: fromEnd)
    if pieces.count == 2 { return .tuple(Elements(texts: [pieces[0], separator, pieces[1]])) }
    return .tuple(Elements(texts: fromEnd ? ["", "", text] : [text, "", ""]))
  }

  /// The part that 'start' and 'end' mean.
  private static func part(of text: String, _ bound: Bound) throws -> String {
    guard bound[1] != nil || bound[2] != nil else { return text }
    let scalars = Array(text.unicodeScalars)
    func place(_ index: Int?, _ initial: Int) -> Int {
      guard let index else { return initial }
      return max(0, min(scalars.count, index < 0 ? index + scalars.count : index))
    }
    let start = place(try bound.integer(1), 0)
    let end = place(try bound.integer(2), scalars.count)
    return start < end ? String(scalars: scalars[start..<end]) : ""
  }

  /// Whether it is so for the text, or one of the texts, that is given.
  private static func any(_ bound: Bound, _ test: (String) -> Bool) throws -> Bool {
    guard case .tuple(let elements) = try bound.required(0) else {
      return test(try bound.requiredText(0))
    }
    return try elements.items.contains { element in
      guard case .text(let text) = element else {
        throw Fault.wrong("the beginning of a text is a text, not '\(element.typeName)'")
      }
      return test(text)
    }
  }

  private static func index(_ text: String, _ bound: Bound, fromEnd: Bool) throws -> Int? {
    let part = try bound.requiredText(0)
    if part.isEmpty { return fromEnd ? text.unicodeScalars.count : 0 }
    let pieces = text.pieces(between: part, limit: 1, fromEnd: fromEnd)
    return pieces.count == 2 ? pieces[0].unicodeScalars.count : nil
  }

  // MARK: Whole texts

  static func replace(
    _ text: String, _ old: String, _ new: String, _ count: Int?, _ budget: Budget
  ) throws -> String {
    let limit = count.map { $0 < 0 ? Int.max : $0 } ?? .max
    let places = old.isEmpty ? text.utf8.count + 1 : text.offsets(of: old, limit: limit).count
    let (added, overflow) = places.multipliedReportingOverflow(by: new.utf8.count)
    try budget.make(text: overflow ? .max : max(text.utf8.count, added))
    try budget.make(text: text.utf8.count + added)
    return text.replacing(old, by: new, limit: limit)
  }

  static func joined(_ texts: [String], _ separator: String, _ budget: Budget) throws -> String {
    let bytes = texts.reduce(0) { $0 + $1.utf8.count }
    let (between, overflow) = separator.utf8.count.multipliedReportingOverflow(
      by: max(0, texts.count - 1))
    try budget.make(text: overflow ? .max : max(bytes, between))
    try budget.make(text: bytes + between)
    return texts.joined(separator: separator)
  }

  static func centred(
    _ text: String, _ width: Int, _ fill: String, _ budget: Budget
  ) throws -> String {
    let missing = try filling(text, width, fill, budget).unicodeScalars.count
    // Where the blanks are odd, the more of them stand where Python puts them.
    let left = missing / 2 + (missing & max(0, width) & 1)
    return String(repeating: fill, count: left) + text
      + String(repeating: fill, count: missing - left)
  }

  private static func filling(
    _ text: String, _ bound: Bound, _ budget: Budget
  ) throws -> String {
    try filling(text, bound.requiredInteger(0), bound.text(1) ?? " ", budget)
  }

  private static func filling(
    _ text: String, _ width: Int, _ fill: String, _ budget: Budget
  ) throws -> String {
    guard fill.unicodeScalars.count == 1 else {
      throw Fault.wrong("a text is filled up with one character")
    }
    let missing = max(0, width - text.unicodeScalars.count)
    try budget.make(text: min(missing, .max / 4) * fill.utf8.count)
    return String(repeating: fill, count: missing)
  }

  private static func swapped(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      let properties = scalar.properties
      result += properties.isUppercase ? properties.lowercaseMapping : properties.uppercaseMapping
    }
  }

  /// Whether it is so for every character, of which there is one at least.
  private static func all(_ text: String, _ test: (Unicode.Scalar) -> Bool) -> Bool {
    !text.isEmpty && text.unicodeScalars.allSatisfy(test)
  }

  /// `'{} {0} {name}'.format(…)`, without what may stand behind a colon.
  private static func format(
    _ text: String, _ arguments: Arguments, _ evaluator: Evaluator
  ) throws -> String {
    var (result, next) = ("", 0)
    var rest = text.unicodeScalars[...]
    while let character = rest.popFirst() {
      guard character == "{" || character == "}" else {
        result.unicodeScalars.append(character)
        continue
      }
      if rest.first == character {
        rest.removeFirst()
        result.unicodeScalars.append(character)
        continue
      }
      guard character == "{", let end = rest.firstIndex(of: "}") else {
        throw Fault.wrong("'format' finds a single '\(character)'")
      }
      let field = String(rest[..<end])
      rest = rest[rest.index(after: end)...]
      var value: Value?
      if field.isEmpty || Int(field) != nil {
        let index = Int(field) ?? next
        next += field.isEmpty ? 1 : 0
        if arguments.positional.indices.contains(index) { value = arguments.positional[index] }
      } else if field.unicodeScalars.allSatisfy({ $0.properties.isXIDContinue }) {
        value = arguments.named.first { $0.name == field }?.value
      } else {
        throw Fault(.unsupported("'{\(field.shown)}' in 'format'"))
      }
      guard let value else { throw Fault.wrong("'format' is not given '\(field.shown)'") }
      let piece = try Printing.text(of: value, evaluator.budget)
      try evaluator.budget.make(text: result.utf8.count + piece.utf8.count)
      result += piece
    }
    return result
  }
}

extension Unicode.Scalar {
  /// `isalpha`
  var isPythonLetter: Bool {
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }

  /// `isalnum`
  var isPythonAlphanumeric: Bool { isPythonLetter || properties.numericType != nil }
}

extension Unicode.NumericType? {
  fileprivate var isDigit: Bool { self == .decimal || self == .digit }
}
