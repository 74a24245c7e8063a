/// Filters that make texts.
enum TextFilters {
  static let all: [String: Filter] = [
    "string": .ofText { _, text, _ in text },
    // There is no escaping of HTML, so everything is safe.
    "safe": .ofText { _, text, _ in text },
    "upper": .ofText { _, text, _ in text.uppered },
    "lower": .ofText { _, text, _ in text.lowered },
    "capitalize": .ofText { _, text, _ in text.capitalised },
    "title": .ofText { _, text, _ in title(text) },
    "trim": .ofText("chars") { _, text, arguments in text.stripped(try arguments.text(0)) },
    "replace": .ofText("old", "new", "count") { evaluator, text, arguments in
      try TextMethods.replace(
        text, Printing.text(of: arguments.required(0), evaluator.budget),
        Printing.text(of: arguments.required(1), evaluator.budget), arguments.integer(2),
        evaluator.budget)
    },
    "center": .ofText("width") { evaluator, text, arguments in
      try TextMethods.centred(text, arguments.integer(0) ?? 80, " ", evaluator.budget)
    },
    "indent": .ofText("width", "first", "blank", body: indent),
    "truncate": .ofText("length", "killwords", "end", "leeway", body: truncate),
    "wordcount": Filter { evaluator, value, _ in
      .integer(wordCount(try Printing.text(of: value, evaluator.budget)))
    },
    "format": Filter(open: { evaluator, value, arguments in
      guard arguments.named.isEmpty else { throw Fault(.unsupported("'format' with names")) }
      var formatting = Formatting(budget: evaluator.budget, operands: arguments.positional)
      return .text(try formatting.text(Printing.text(of: value, evaluator.budget)))
    }),
    "tojson": Filter("ensure_ascii", "indent", "separators", "sort_keys", body: json),
  ]

  /// The first letter behind blanks, hyphens and opening brackets is a large one.
  private static func title(_ text: String) -> String {
    var (result, isStart) = ("", true)
    for scalar in text.unicodeScalars {
      if scalar == "-" || "({[<".unicodeScalars.contains(scalar) || scalar.isPythonSpace {
        result.unicodeScalars.append(scalar)
        isStart = true
      } else {
        let properties = scalar.properties
        result += isStart ? properties.uppercaseMapping : properties.lowercaseMapping
        isStart = false
      }
    }
    return result
  }

  private static func indent(
    _ evaluator: Evaluator, _ text: String, _ arguments: Bound
  ) throws -> String {
    let indent: String
    if let given = arguments[0]?.asText {
      indent = given
    } else {
      let width = max(0, try arguments.integer(0) ?? 4)
      try evaluator.budget.make(text: width)
      indent = String(repeating: " ", count: width)
    }
    let lines = (text + "\n").lines()
    try evaluator.budget.make(
      text: text.utf8.count
        + lines.count.multipliedReportingOverflow(by: indent.utf8.count)
        .partialValue)
    let blank = arguments.flag(2)
    let indented = lines.enumerated().map { index, line in
      index == 0 || line.isEmpty && !blank ? line : indent + line
    }
    return (arguments.flag(1) ? indent : "") + indented.joined(separator: "\n")
  }

  private static func truncate(
    _ evaluator: Evaluator, _ text: String, _ arguments: Bound
  ) throws -> String {
    let length = try arguments.integer(0) ?? 255
    let end = try arguments.text(2) ?? "..."
    let leeway = try arguments.integer(3) ?? 5
    let kept = length - end.unicodeScalars.count
    guard kept >= 0, leeway >= 0 else {
      throw Fault.wrong("'truncate' to less than its own end")
    }
    let scalars = text.unicodeScalars
    if scalars.count - min(leeway, 1 << 40) <= length { return text }
    let cut = String(scalars.prefix(kept))
    if arguments.flag(1) { return cut + end }
    return cut.pieces(between: " ", limit: 1, fromEnd: true)[0] + end
  }

  private static func wordCount(_ text: String) -> Int {
    var (count, isInWord) = (0, false)
    for scalar in text.unicodeScalars {
      let isLetter = scalar == "_" || scalar.isPythonAlphanumeric
      if isLetter, !isInWord { count += 1 }
      isInWord = isLetter
    }
    return count
  }

  /// As transformers has it: nothing is escaped that JSON does not escape.
  private static func json(
    _ evaluator: Evaluator, _ value: Value, _ arguments: Bound
  ) throws -> Value {
    var separators: (String, String)?
    switch arguments[2] {
    case .list(let elements)?, .tuple(let elements)?:
      guard elements.items.count == 2, let comma = elements.items[0].asText,
        let colon = elements.items[1].asText
      else { throw Fault.wrong("'separators' are two texts") }
      separators = (comma, colon)
    case nil, .null?: break
    default: throw Fault.wrong("'separators' are two texts")
    }
    var indent = arguments[1]?.asText
    if indent == nil, let width = try arguments.integer(1) {
      try evaluator.budget.make(text: max(0, width))
      indent = String(repeating: " ", count: max(0, width))
    }
    var printing = JSONPrinting(
      budget: evaluator.budget, indent: indent, separators: separators,
      sortsKeys: arguments.flag(3))
    try printing.write(value)
    guard arguments.flag(0) else { return .text(printing.text) }
    try evaluator.budget.make(text: 6 * printing.text.utf8.count)
    return .text(escaped(printing.text))
  }

  /// Every character beyond ASCII as `\u00e9`.
  private static func escaped(_ json: String) -> String {
    var text = ""
    for scalar in json.unicodeScalars {
      guard scalar.value > 0x7F else {
        text.unicodeScalars.append(scalar)
        continue
      }
      for unit in UTF16.encode(scalar)! {
        let digits = String(unit, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    return text
  }
}
