/// Filters that try or change every element: what they give can be gone through once.
enum ChoiceFilters {
  static let all: [String: Filter] = [
    "map": Filter(open: map),
    "select": Filter(open: { try choose($0, $1, $2, hasAttribute: false, keeps: true) }),
    "reject": Filter(open: { try choose($0, $1, $2, hasAttribute: false, keeps: false) }),
    "selectattr": Filter(open: { try choose($0, $1, $2, hasAttribute: true, keeps: true) }),
    "rejectattr": Filter(open: { try choose($0, $1, $2, hasAttribute: true, keeps: false) }),
    "default": Filter("default_value", "boolean", body: substitute),
    "d": Filter("default_value", "boolean", body: substitute),
  ]

  private static func map(
    _ evaluator: Evaluator, _ value: Value, _ arguments: Arguments
  ) throws -> Value {
    let elements = try value.elements(evaluator.budget)
    try evaluator.budget.make(elements.count * Budget.elementBytes)
    if arguments.positional.isEmpty {
      let bound = try arguments.bound(to: ["attribute", "default"], of: "the filter 'map'")
      let path = try AttributePath(bound.required(0))
      // A default of none is no default.
      var initial = bound[1]
      if case .null? = initial { initial = nil }
      return .iterator(
        try OneShot(elements.map { try path.value(in: $0, evaluator, default: initial) }))
    }
    guard case .text(let name) = arguments.positional[0] else {
      throw Fault.wrong("'map' needs the name of a filter")
    }
    let rest = arguments.dropping(1)
    return .iterator(try OneShot(elements.map { try evaluator.filter($0, name, rest) }))
  }

  private static func choose(
    _ evaluator: Evaluator, _ value: Value, _ arguments: Arguments, hasAttribute: Bool, keeps: Bool
  ) throws -> Value {
    let elements = try value.isTrue ? value.elements(evaluator.budget) : []
    try evaluator.budget.make(elements.count * Budget.elementBytes)
    var rest = arguments
    var path: AttributePath?
    if hasAttribute, !elements.isEmpty {
      guard let attribute = arguments.positional.first else {
        throw Fault.wrong("the name of an attribute is missing")
      }
      path = try AttributePath(attribute)
      rest = arguments.dropping(1)
    }
    let chosen = try elements.filter { element in
      try evaluator.budget.step()
      let value = try path?.value(in: element, evaluator) ?? element
      guard let test = rest.positional.first else { return value.isTrue == keeps }
      guard case .text(let name) = test else {
        throw Fault.wrong("the name of a test is a text, not '\(test.typeName)'")
      }
      return try evaluator.test(value, name, rest.dropping(1)) == keeps
    }
    return .iterator(try OneShot(chosen))
  }

  private static func substitute(
    _: Evaluator, _ value: Value, _ arguments: Bound
  ) throws -> Value {
    value.isUndefined || arguments.flag(1) && !value.isTrue ? arguments[0] ?? .text("") : value
  }
}
