/// Filters on what a loop could go through.
enum SequenceFilters {
  static let all: [String: Filter] = [
    "length": Filter { _, value, _ in .integer(try length(value)) },
    "count": Filter { _, value, _ in .integer(try length(value)) },
    "first": Filter { evaluator, value, _ in
      if case .iterator(let iterator) = value { return iterator.next() ?? empty("first") }
      return try value.elements(evaluator.budget).first ?? empty("first")
    },
    "last": Filter { evaluator, value, _ in
      if case .iterator = value { throw Fault.wrong("'last' cannot go through it from the end") }
      return try value.elements(evaluator.budget).last ?? empty("last")
    },
    "list": Filter { evaluator, value, _ in
      .list(try Elements(value.elements(evaluator.budget)))
    },
    "reverse": Filter { evaluator, value, _ in
      if case .text(let text) = value {
        try evaluator.budget.make(text: text.utf8.count)
        return .text(String(scalars: text.unicodeScalars.reversed()))
      }
      let elements = try copy(value, evaluator)
      return .iterator(try OneShot(elements.reversed()))
    },
    "join": Filter("d", "attribute", body: join),
    "sort": Filter("reverse", "case_sensitive", "attribute", body: sort),
    "unique": Filter("case_sensitive", "attribute", body: unique),
    "min": Filter("case_sensitive", "attribute") { evaluator, value, arguments in
      try extreme(evaluator, value, arguments) { try $2.isLess($0, $1) }
    },
    "max": Filter("case_sensitive", "attribute") { evaluator, value, arguments in
      try extreme(evaluator, value, arguments) { try $2.isLess($1, $0, ">") }
    },
    "sum": Filter("attribute", "start") { evaluator, value, arguments in
      var total = arguments[1] ?? .integer(0)
      let path = try AttributePath(arguments[0])
      let arithmetic = Arithmetic(budget: evaluator.budget)
      for element in try value.elements(evaluator.budget) {
        total = try arithmetic.result(total, .add, path.value(in: element, evaluator))
      }
      return total
    },
    "batch": Filter("linecount", "fill_with", body: batch),
  ]

  static func length(_ value: Value) throws -> Int {
    switch value {
    case .text(let text): return text.unicodeScalars.count
    case .list(let elements), .tuple(let elements), .view(_, let elements):
      return elements.items.count
    case .map(let members): return members.items.count
    case .range(let range): return range.numbers.count
    case .loop(let loop): return try loop.count()
    case .undefined: return 0
    default: throw Fault.wrong("a '\(value.typeName)' has no length")
    }
  }

  private static func empty(_ place: String) -> Value {
    .undefined(Undefined(reason: "there is no \(place) item: the sequence is empty"))
  }

  /// The elements, as a new list.
  private static func copy(_ value: Value, _ evaluator: Evaluator) throws -> [Value] {
    let elements = try value.elements(evaluator.budget)
    try evaluator.budget.make(elements.count * Budget.elementBytes)
    return elements
  }

  private static func join(
    _ evaluator: Evaluator, _ value: Value, _ arguments: Bound
  ) throws -> Value {
    let separator = try arguments[0].map { try Printing.text(of: $0, evaluator.budget) } ?? ""
    let path = try AttributePath(arguments[1])
    let texts = try value.elements(evaluator.budget).map {
      try Printing.text(of: path.value(in: $0, evaluator), evaluator.budget)
    }
    return .text(try TextMethods.joined(texts, separator, evaluator.budget))
  }

  // MARK: Order

  /// What an element is sorted by.
  private struct SortKey {
    let paths: [AttributePath]
    let isCaseSensitive: Bool

    func value(of element: Value, _ evaluator: Evaluator) throws -> [Value] {
      try paths.map { path in
        let value = try path.value(in: element, evaluator)
        guard !isCaseSensitive, case .text(let text) = value else { return value }
        return .text(text.lowered)
      }
    }
  }

  private static func sort(
    _ evaluator: Evaluator, _ value: Value, _ arguments: Bound
  ) throws -> Value {
    let names = arguments[2]?.asText.map { $0.pieces(between: ",", limit: .max).map(Value.text) }
    let key = SortKey(
      paths: try (names ?? [arguments[2] ?? .null]).map { try AttributePath($0) },
      isCaseSensitive: arguments.flag(1))
    let elements = try copy(value, evaluator)
    let keys = try elements.map { try Elements(key.value(of: $0, evaluator)) }
    let comparing = Comparing(budget: evaluator.budget)
    let isReversed = arguments.flag(0)
    let order = try elements.indices.sorted { a, b in
      try isReversed
        ? comparing.isLess(.list(keys[b]), .list(keys[a]))
        : comparing.isLess(.list(keys[a]), .list(keys[b]))
    }
    return .list(try Elements(order.map { elements[$0] }))
  }

  private static func extreme(
    _ evaluator: Evaluator, _ value: Value, _ arguments: Bound,
    _ isBetter: (Value, Value, Comparing) throws -> Bool
  ) throws -> Value {
    let key = SortKey(
      paths: [try AttributePath(arguments[1])], isCaseSensitive: arguments.flag(0))
    let comparing = Comparing(budget: evaluator.budget)
    var best: (element: Value, key: Value)?
    for element in try value.elements(evaluator.budget) {
      let new = try key.value(of: element, evaluator)[0]
      if let old = best?.key, try !isBetter(new, old, comparing) { continue }
      best = (element, new)
    }
    return best?.element
      ?? .undefined(Undefined(reason: "there is no such item: the sequence is empty"))
  }

  private static func unique(
    _ evaluator: Evaluator, _ value: Value, _ arguments: Bound
  ) throws -> Value {
    let key = SortKey(
      paths: [try AttributePath(arguments[1])], isCaseSensitive: arguments.flag(0))
    var seen: Set<Key> = []
    let elements = try copy(value, evaluator).filter {
      seen.insert(try Key(key.value(of: $0, evaluator)[0], evaluator.budget)).inserted
    }
    return .iterator(try OneShot(elements))
  }

  private static func batch(
    _ evaluator: Evaluator, _ value: Value, _ arguments: Bound
  ) throws -> Value {
    let count = try arguments.requiredInteger(0)
    guard count > 0 else { throw Fault.wrong("'batch' needs a number above 0") }
    let elements = try copy(value, evaluator)
    var batches: [[Value]] = stride(from: 0, to: elements.count, by: count).map { start in
      Array(elements[start..<min(elements.count - start, count) + start])
    }
    if let fill = arguments[1], let last = batches.last, last.count < count {
      let missing = count - last.count
      try evaluator.budget.make(
        missing.multipliedReportingOverflow(by: Budget.elementBytes).overflow
          ? .max : missing * Budget.elementBytes)
      batches[batches.count - 1] += Array(repeating: fill, count: missing)
    }
    return .iterator(try OneShot(batches.map { .list(try Elements($0)) }))
  }
}

/// `name`, `name.inner`, `name.0`: where in an element a filter looks.
struct AttributePath {
  private let parts: [Value]

  /// - Parameter attribute: Nil or null for the element itself.
  init(_ attribute: Value?) throws {
    switch attribute {
    case nil, .null?: parts = []
    case .integer?: parts = [attribute!]
    case .text(let text)?:
      parts = text.pieces(between: ".", limit: 100).map { part in
        let isNumber = !part.isEmpty && part.unicodeScalars.allSatisfy(\.isDigit)
        return isNumber ? Int(part).map(Value.integer) ?? .text(part) : .text(part)
      }
    default: throw Fault.wrong("an attribute is a text, not '\(attribute!.typeName)'")
    }
  }

  /// - Parameter initial: What stands for something undefined.
  func value(
    in element: Value, _ evaluator: Evaluator, default initial: Value? = nil
  ) throws -> Value {
    var value = element
    for part in parts {
      value = try evaluator.item(part, of: value)
      if value.isUndefined, let initial { value = initial }
    }
    return value
  }
}
