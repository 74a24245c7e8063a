/// Comparing values as Python does.
struct Comparing {
  let budget: Budget

  func areEqual(_ a: Value, _ b: Value) throws -> Bool {
    try budget.step()
    switch (a, b) {
    case (.text(let a), .text(let b)):
      try budget.step(pieces: min(a.utf8.count, b.utf8.count))
      return a.isSame(as: b)
    case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)):
      return try areEqual(a.items, b.items)
    case (.map(let a), .map(let b)):
      guard a.items.count == b.items.count else { return false }
      for (key, value) in a.items {
        guard let other = b[key], try areEqual(value, other) else { return false }
      }
      return true
    case (.view(let a, let aElements), .view(let b, let bElements)):
      return try a == b && areEqual(aElements.items, bElements.items)
    case (.range(let a), .range(let b)): return a == b
    case (.longInteger(let a), .longInteger(let b)): return a == b
    case (.undefined, .undefined): return true
    case (.integer(let a), .integer(let b)): return a == b
    default:
      if let a = a.number, let b = b.number { return a == b }
      return a.isIdentical(to: b)
    }
  }

  private func areEqual(_ a: [Value], _ b: [Value]) throws -> Bool {
    guard a.count == b.count else { return false }
    for (x, y) in zip(a, b) where try !areEqual(x, y) { return false }
    return true
  }

  /// Whether `a` comes before `b`.
  func isLess(_ a: Value, _ b: Value, _ sign: String = "<") throws -> Bool {
    try budget.step()
    switch (a, b) {
    case (.integer(let a), .integer(let b)): return a < b
    case (.text(let a), .text(let b)):
      try budget.step(pieces: min(a.utf8.count, b.utf8.count))
      return a.utf8.lexicographicallyPrecedes(b.utf8)
    case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)):
      for (x, y) in zip(a.items, b.items) where try !areEqual(x, y) {
        return try isLess(x, y, sign)
      }
      return a.items.count < b.items.count
    case (.undefined(let undefined), _), (_, .undefined(let undefined)): throw undefined.fault
    default:
      if let a = a.number, let b = b.number { return a < b }
      throw Fault.wrong(
        "'\(sign)' does not compare '\(a.typeName)' with '\(b.typeName)'")
    }
  }

  /// `element in container`
  func contains(_ container: Value, _ element: Value) throws -> Bool {
    switch container {
    case .text(let text):
      guard case .text(let part) = element else {
        if case .undefined(let undefined) = element { throw undefined.fault }
        throw Fault.wrong("'in' a text needs a text on its left, not '\(element.typeName)'")
      }
      try budget.step(pieces: text.utf8.count)
      return text.firstOffset(of: part) != nil
    case .map(let members): return try members[Key(element, budget)] != nil
    case .undefined: return false
    case .list, .tuple, .view, .range, .iterator:
      for other in try container.elements(budget) where try areEqual(other, element) {
        return true
      }
      return false
    default: throw Fault.wrong("'in' does not look into '\(container.typeName)'")
    }
  }

  func compare(_ a: Value, _ comparison: Comparison, _ b: Value) throws -> Bool {
    switch comparison {
    case .equal: try areEqual(a, b)
    case .notEqual: try !areEqual(a, b)
    case .less: try isLess(a, b)
    case .greater: try isLess(b, a, ">")
    case .lessOrEqual: try isOrdered(a, b, "<=")
    case .greaterOrEqual: try isOrdered(b, a, ">=")
    case .isIn: try contains(b, a)
    case .isNotIn: try !contains(b, a)
    }
  }

  /// `a <= b`, which is false for NaN.
  private func isOrdered(_ a: Value, _ b: Value, _ sign: String) throws -> Bool {
    if let a = a.number, let b = b.number { return a <= b }
    return try !isLess(b, a, sign)
  }
}

extension Value {
  /// What a loop goes through.
  func elements(_ budget: Budget) throws -> [Value] {
    switch self {
    case .list(let elements), .tuple(let elements), .view(_, let elements): return elements.items
    case .text(let text):
      try budget.make(text.utf8.count * Budget.elementBytes)
      return text.unicodeScalars.map { .text(String($0)) }
    case .map(let members): return members.items.keys.map(\.value)
    case .range(let range):
      let numbers = range.numbers
      try budget.make(numbers.count * Budget.elementBytes)
      return numbers
    case .iterator(let iterator): return iterator.takeAll()
    case .undefined: return []
    default: throw Fault.wrong("'\(typeName)' has no elements to go through")
    }
  }
}
