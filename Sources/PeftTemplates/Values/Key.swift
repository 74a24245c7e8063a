/// A value as the key of a map: `1`, `1.0` and `true` are the same one, and texts are compared by their bytes.
struct Key: Hashable {
  let value: Value

  /// - Throws: A fault where Python could not hash the value.
  init(_ value: Value, _ budget: Budget) throws {
    // Tuples can share their elements: they are gone through as often as they are there.
    try budget.step()
    switch value {
    case .list, .map, .view, .undefined:
      throw Fault.wrong("'\(value.typeName)' cannot be the key of a map")
    case .tuple(let elements): for element in elements.items { _ = try Key(element, budget) }
    default: break
    }
    self.value = value
  }

  init(text: String) { value = .text(text) }

  static func == (a: Key, b: Key) -> Bool {
    switch (a.value, b.value) {
    case (.text(let a), .text(let b)): a.isSame(as: b)
    case (.tuple(let a), .tuple(let b)):
      a.items.count == b.items.count
        && zip(a.items, b.items).allSatisfy { Key(hashed: $0) == Key(hashed: $1) }
    case (.null, .null): true
    case (.longInteger(let a), .longInteger(let b)): a == b
    case (.range(let a), .range(let b)): a == b
    case (let a, let b):
      if let a = a.number, let b = b.number { a == b } else { a.isIdentical(to: b) }
    }
  }

  func hash(into hasher: inout Hasher) {
    switch value {
    case .text(let text): for byte in text.utf8 { hasher.combine(byte) }
    case .tuple(let elements):
      for element in elements.items { Key(hashed: element).hash(into: &hasher) }
    default: hasher.combine(value.number)
    }
  }

  private init(hashed value: Value) { self.value = value }
}

extension Value {
  /// A number of any kind.
  var number: Double? {
    switch self {
    case .bool(let value): value ? 1 : 0
    case .integer(let number): Double(number)
    case .float(let number): number
    default: nil
    }
  }

  /// Whether both are one object.
  func isIdentical(to other: Value) -> Bool {
    switch (self, other) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.namespace(let a), .namespace(let b)): a === b
    case (.macro(let a), .macro(let b)): a === b
    case (.iterator(let a), .iterator(let b)): a === b
    case (.loop(let a), .loop(let b)): a === b
    case (.function(let a), .function(let b)): a == b
    default: false
    }
  }
}
