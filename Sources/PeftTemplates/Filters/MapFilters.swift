/// Filters on maps.
enum MapFilters {
  static let all: [String: Filter] = [
    "items": Filter { evaluator, value, _ in
      switch value {
      case .undefined: return .iterator(try OneShot([]))
      case .map(let members): return .iterator(try OneShot(pairs(of: members, evaluator)))
      default: throw Fault.wrong("'items' needs a map, not '\(value.typeName)'")
      }
    },
    "dictsort": Filter("case_sensitive", "by", "reverse", body: sort),
  ]

  static func pairs(of members: Members, _ evaluator: Evaluator) throws -> [Value] {
    try evaluator.budget.make(3 * members.items.count * Budget.elementBytes)
    return try members.items.map { .tuple(try Elements([$0.key.value, $0.value])) }
  }

  private static func sort(
    _ evaluator: Evaluator, _ value: Value, _ arguments: Bound
  ) throws -> Value {
    guard case .map(let members) = value else {
      if case .undefined(let undefined) = value { throw undefined.fault }
      throw Fault.wrong("'dictsort' needs a map, not '\(value.typeName)'")
    }
    let isByValue: Bool
    switch try arguments.text(1) {
    case nil, "key": isByValue = false
    case "value": isByValue = true
    default: throw Fault.wrong("'dictsort' sorts by 'key' or by 'value'")
    }
    let isCaseSensitive = arguments.flag(0)
    let keys = members.items.map { key, value -> Value in
      let key = isByValue ? value : key.value
      guard !isCaseSensitive, case .text(let text) = key else { return key }
      return .text(text.lowered)
    }
    let pairs = try pairs(of: members, evaluator)
    let comparing = Comparing(budget: evaluator.budget)
    let isReversed = arguments.flag(2)
    let order = try pairs.indices.sorted { a, b in
      try isReversed ? comparing.isLess(keys[b], keys[a]) : comparing.isLess(keys[a], keys[b])
    }
    return .list(try Elements(order.map { pairs[$0] }))
  }
}
