import OrderedCollections
import PeftBasics

/// A value in a template, as Python has it. Nothing in it changes but namespaces, loops and iterators.
enum Value {
  case undefined(Undefined)
  case null
  case bool(Bool)
  case integer(Int)
  /// A whole number beyond 64 bits, in its digits: data may have one, and it can only be printed.
  case longInteger(String)
  case float(Double)
  case text(String)
  case list(Elements)
  case tuple(Elements)
  case map(Members)
  case range(NumberRange)
  /// What `keys()`, `values()` and `items()` give, with Python's name for it.
  case view(String, Elements)
  /// What can be gone through once, such as the result of `map`.
  case iterator(OneShot)
  case namespace(Namespace)
  case macro(Macro)
  case function(Function)
  /// A method that is named and not called.
  case method(String)
  case loop(LoopState)
}

/// Why a value is undefined: what an error says once it is used.
struct Undefined {
  let reason: String
  /// Whether it is what a sandbox keeps back.
  var isUnsafe = false

  var fault: Fault { Fault(isUnsafe ? .unsafe(reason) : .undefined(reason)) }
}

/// Elements of a list, which know how deep lists are inside each other.
struct Elements {
  let items: [Value]
  let depth: Int

  init(_ items: [Value]) throws {
    var deepest = 0
    for item in items { deepest = max(deepest, item.depth) }
    try self.init(items, depth: deepest + 1)
  }

  init(texts: [String]) { (items, depth) = (texts.map(Value.text), 1) }

  fileprivate init(_ items: [Value], depth: Int) throws {
    try checkDepth(depth)
    (self.items, self.depth) = (items, depth)
  }

  /// Some of the elements.
  func part(_ items: [Value]) -> Elements { Elements(items: items, depth: depth) }

  private init(items: [Value], depth: Int) { (self.items, self.depth) = (items, depth) }
}

/// Members of a map in their order.
struct Members {
  private(set) var items: OrderedDictionary<Key, Value> = [:]
  private(set) var depth = 1

  subscript(key: Key) -> Value? { items[key] }
  subscript(name: String) -> Value? { items[Key(text: name)] }

  mutating func set(_ key: Key, _ value: Value) throws {
    depth = max(depth, 1 + max(key.value.depth, value.depth))
    try checkDepth(depth)
    items[key] = value
  }

  mutating func set(_ name: String, _ value: Value) throws { try set(Key(text: name), value) }
}

private func checkDepth(_ depth: Int) throws {
  if depth > TemplateLimits.valueDepth {
    throw Fault(.limit("lists more than \(TemplateLimits.valueDepth) levels inside each other"))
  }
}

struct NumberRange: Equatable {
  let start: Int
  let end: Int
  let step: Int

  var isEmpty: Bool { step > 0 ? start >= end : start <= end }
  var numbers: [Value] { stride(from: start, to: end, by: step).map(Value.integer) }
}

final class OneShot {
  private var rest: ArraySlice<Value>
  let depth: Int

  init(_ elements: [Value]) throws {
    let elements = try Elements(elements)
    rest = elements.items[...]
    depth = elements.depth
  }

  func next() -> Value? { rest.popFirst() }

  /// What is left, which is nothing then.
  func takeAll() -> [Value] {
    defer { rest = [] }
    return Array(rest)
  }
}

/// What `namespace()` gives: attributes that can be set anywhere.
final class Namespace {
  var attributes: Members

  init(_ attributes: Members) { self.attributes = attributes }
}

extension Value {
  /// How deep lists are in it.
  var depth: Int {
    switch self {
    case .list(let elements), .tuple(let elements), .view(_, let elements): elements.depth
    case .map(let members): members.depth
    case .iterator(let iterator): iterator.depth
    default: 0
    }
  }

  /// The name of its type in Python.
  var typeName: String {
    switch self {
    case .undefined: "Undefined"
    case .null: "NoneType"
    case .bool: "bool"
    case .integer, .longInteger: "int"
    case .float: "float"
    case .text: "str"
    case .list: "list"
    case .tuple: "tuple"
    case .map: "dict"
    case .range: "range"
    case .view(let name, _): name
    case .iterator: "generator"
    case .namespace: "Namespace"
    case .macro: "Macro"
    case .function, .method: "function"
    case .loop: "LoopContext"
    }
  }

  var isUndefined: Bool {
    if case .undefined = self { true } else { false }
  }

  /// What it is in a condition.
  var isTrue: Bool {
    switch self {
    case .undefined, .null: false
    case .bool(let value): value
    case .integer(let number): number != 0
    case .float(let number): number != 0
    case .text(let text): !text.isEmpty
    case .list(let elements), .tuple(let elements), .view(_, let elements):
      !elements.items.isEmpty
    case .map(let members): !members.items.isEmpty
    case .range(let range): !range.isEmpty
    case .longInteger, .iterator, .namespace, .macro, .function, .method, .loop: true
    }
  }

  /// A whole number, also where it is written as true or false.
  var asInteger: Int? {
    switch self {
    case .bool(let value): value ? 1 : 0
    case .integer(let number): number
    default: nil
    }
  }

  var asText: String? {
    if case .text(let text) = self { text } else { nil }
  }
}

extension Value {
  init(_ constant: Expression.Constant) {
    switch constant {
    case .null: self = .null
    case .bool(let value): self = .bool(value)
    case .integer(let number): self = .integer(number)
    case .float(let number): self = .float(number)
    case .text(let text): self = .text(text)
    }
  }

  init(_ json: JSONValue) throws {
    switch json {
    case .null: self = .null
    case .bool(let value): self = .bool(value)
    case .integer(let number): self = .integer(number)
    case .number(let number): self = .float(number)
    case .numeral(let text): self = Value(numeral: text)
    case .text(let text): self = .text(text)
    case .list(let elements): self = .list(try Elements(elements.map { try Value($0) }))
    case .map(let members):
      var values = Members()
      for (name, value) in members { try values.set(name, Value(value)) }
      self = .map(values)
    }
  }

  /// A number as JSON has it: without a point and an exponent it is a whole one.
  private init(numeral text: String) {
    if text.utf8.contains(where: { ".eE".utf8.contains($0) }) {
      self = .float(Double(text) ?? .nan)
    } else if let number = Int(text) {
      self = .integer(number)
    } else {
      self = .longInteger(text)
    }
  }
}
