import PeftBasics

/// What a template can call by its name.
enum Function: String {
  case range, namespace, dict
  case raise = "raise_exception"
  case time = "strftime_now"

  /// The most numbers of a `range`, as jinja2's sandbox has it.
  private static let longestRange = 100_000

  func call(_ arguments: Arguments, _ evaluator: Evaluator) throws -> Value {
    switch self {
    case .range: return .range(try Self.range(arguments))
    case .dict: return .map(try Self.members(arguments, evaluator))
    case .namespace:
      let members = try Self.members(arguments, evaluator)
      for key in members.items.keys where key.value.asText?.hasPrefix("_") == true {
        throw Fault(.unsafe("a namespace's attribute must not start with '_'"))
      }
      return try evaluator.makeNamespace(members)
    case .raise:
      let bound = try arguments.bound(to: ["message"], of: "'raise_exception'")
      throw Fault(.raised(try Printing.text(of: bound.required(0), evaluator.budget)))
    case .time:
      let bound = try arguments.bound(to: ["format"], of: "'strftime_now'")
      let format = try bound.requiredText(0)
      // A field takes 24 characters at most.
      try evaluator.budget.make(text: 24 * format.utf8.count)
      return .text(evaluator.now.text(format))
    }
  }

  private static func range(_ arguments: Arguments) throws -> NumberRange {
    guard arguments.named.isEmpty, 1...3 ~= arguments.positional.count else {
      throw Fault.wrong("'range' takes one to three numbers")
    }
    let numbers = try arguments.positional.map { value in
      guard let number = value.asInteger else {
        if case .undefined(let undefined) = value { throw undefined.fault }
        throw Fault.wrong("'range' needs whole numbers, not '\(value.typeName)'")
      }
      return number
    }
    let start = numbers.count == 1 ? 0 : numbers[0]
    let end = numbers.count == 1 ? numbers[0] : numbers[1]
    let step = numbers.count == 3 ? numbers[2] : 1
    guard step != 0 else { throw Fault.wrong("the step of a 'range' is 0") }
    let width = step > 0 ? Double(end) - Double(start) : Double(start) - Double(end)
    guard width / Double(step.magnitude) <= Double(longestRange) else {
      throw Fault(.limit("a 'range' of more than \(longestRange.grouped) numbers"))
    }
    return NumberRange(start: start, end: end, step: step)
  }

  /// `dict(map, name=value)`
  private static func members(_ arguments: Arguments, _ evaluator: Evaluator) throws -> Members {
    var members = Members()
    guard arguments.positional.count <= 1 else {
      throw Fault.wrong("a map is made of one other at most")
    }
    switch arguments.positional.first {
    case nil: break
    case .map(let other): members = other
    case .some(let value):
      for pair in try value.elements(evaluator.budget) {
        let parts = try pair.elements(evaluator.budget)
        guard parts.count == 2 else { throw Fault.wrong("a map is made of pairs") }
        try members.set(Key(parts[0], evaluator.budget), parts[1])
      }
    }
    try evaluator.budget.make(4 * members.items.count * Budget.elementBytes)
    for (name, value) in arguments.named { try members.set(name, value) }
    return members
  }
}
