import PeftBasics

/// Methods of values.
enum Methods {
  /// What a value's type has: methods that read, and such that change what nothing here may change.
  static func names(of value: Value) -> (reading: Set<String>, changing: Set<String>)? {
    switch value {
    case .text: (TextMethods.names, [])
    case .map: (mapNames, ["clear", "pop", "popitem", "setdefault", "update"])
    case .list: (["index", "count", "copy"], listChanges)
    case .tuple: (["index", "count"], [])
    case .float: (["is_integer"], [])
    default: nil
    }
  }

  private static let mapNames: Set = ["get", "items", "keys", "values", "copy"]
  private static let listChanges: Set = [
    "append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove",
  ]

  static func call(
    _ name: String, of object: Value, _ arguments: Arguments, _ evaluator: Evaluator
  ) throws -> Value {
    switch object {
    case .text(let text): return try TextMethods.call(name, of: text, arguments, evaluator)
    case .map(let members): return try call(name, of: members, arguments, evaluator)
    case .list(let elements):
      if name == "copy" { return object }
      return try find(name, in: elements, arguments, evaluator)
    case .tuple(let elements): return try find(name, in: elements, arguments, evaluator)
    case .float(let number): return .bool(number.isFinite && number.rounded() == number)
    case .loop(let loop): return try call(name, of: loop, arguments, evaluator)
    default: throw Fault(.unsupported("the method '\(name)' here"))
    }
  }

  private static func call(
    _ name: String, of members: Members, _ arguments: Arguments, _ evaluator: Evaluator
  ) throws -> Value {
    if name == "get" {
      let bound = try arguments.bound(to: ["key", "default"], of: "'get'")
      return try members[Key(bound.required(0), evaluator.budget)] ?? bound[1] ?? .null
    }
    _ = try arguments.bound(to: [], of: "'\(name)'")
    try evaluator.budget.make(members.items.count * Budget.elementBytes)
    switch name {
    case "keys":
      return .view("dict_keys", try Elements(members.items.keys.map(\.value)))
    case "values": return .view("dict_values", try Elements(Array(members.items.values)))
    case "items": return .view("dict_items", try Elements(MapFilters.pairs(of: members, evaluator)))
    default: return .map(members)
    }
  }

  private static func find(
    _ name: String, in elements: Elements, _ arguments: Arguments, _ evaluator: Evaluator
  ) throws -> Value {
    let value = try arguments.bound(to: ["value"], of: "'\(name)'").required(0)
    let comparing = Comparing(budget: evaluator.budget)
    if name == "count" {
      return .integer(try elements.items.filter { try comparing.areEqual($0, value) }.count)
    }
    guard let index = try elements.items.firstIndex(where: { try comparing.areEqual($0, value) })
    else { throw Fault.wrong("'index' finds no such element") }
    return .integer(index)
  }

  private static func call(
    _ name: String, of loop: LoopState, _ arguments: Arguments, _ evaluator: Evaluator
  ) throws -> Value {
    guard arguments.named.isEmpty else { throw Fault.wrong("'\(name)' has no named arguments") }
    let values = arguments.positional
    if name == "changed" {
      return .bool(try loop.changes(values, Comparing(budget: evaluator.budget)))
    }
    guard !values.isEmpty else { throw Fault.wrong("'cycle' needs an argument") }
    return values[max(0, loop.index) % values.count]
  }
}
