import PeftBasics

/// Runs a template: statement by statement, into a text.
///
/// What can be part of itself (namespaces, and macros with what they see) is remembered, and taken apart at the
/// end.
final class Evaluator {
  let source: SourceFile
  let budget: Budget
  let now: TemplateTime
  var scope: Scope
  private var depth = 0
  /// Texts that are being made: the rendered one, then those of macros and blocks.
  private var outputs = [""]
  /// Characters of the rendered text so far.
  private var length = 0
  /// What stands in `generation` tags, in characters of the rendered text.
  private(set) var generated: [Range<Int>] = []
  private var namespaces: [Namespace] = []
  private var closures: [Scope] = []

  enum Flow { case next, breakLoop, continueLoop }

  init(
    _ source: SourceFile, variables: [String: Value], now: TemplateTime, limits: TemplateLimits
  ) {
    (self.source, self.now) = (source, now)
    budget = Budget(limits)
    let given = Scope(in: nil)
    given.variables = variables
    scope = Scope(in: given)
  }

  /// The rendered text of these statements.
  func render(_ statements: [Statement]) throws -> String {
    defer { takeApart() }
    _ = try run(statements)
    return outputs[0]
  }

  /// Everything that is part of itself lets go of it, one after the other: not inside each other, where there
  /// may be more levels than a stack has room for.
  private func takeApart() {
    for namespace in namespaces { namespace.attributes = Members() }
    for scope in closures { scope.variables = [:] }
    scope.variables = [:]
  }

  // MARK: Places and limits

  /// Does something that is about a place of the template, where a fault is then.
  func at<Result>(_ place: Place, _ body: () throws -> Result) throws -> Result {
    do {
      try budget.step()
      guard depth < budget.limits.depth else {
        throw Fault(.limit("more than \(budget.limits.depth) levels of calls and blocks"))
      }
      depth += 1
      defer { depth -= 1 }
      return try body()
    } catch let fault as Fault {
      throw TemplateError(reason: fault.reason, range: source.range(place))
    }
  }

  // MARK: Output

  func write(_ text: String) throws {
    try budget.make(text.utf8.count)
    let last = outputs.count - 1
    guard outputs[last].utf8.count + text.utf8.count <= budget.limits.textBytes else {
      throw Fault(.limit("an output of more than \(budget.limits.textBytes.grouped) bytes"))
    }
    if last == 0 { length += text.unicodeScalars.count }
    outputs[last] += text
  }

  /// The text that these statements write, in a scope of their own.
  func text(of statements: [Statement], in inner: Scope) throws -> (text: String, flow: Flow) {
    var flow = Flow.next
    let text = try collected { flow = try within(inner) { try run(statements) } }
    return (text, flow)
  }

  /// The text that is written in the meantime.
  func collected(_ body: () throws -> Void) throws -> String {
    outputs.append("")
    defer { outputs.removeLast() }
    try body()
    return outputs[outputs.count - 1]
  }

  // MARK: Statements

  func run(_ statements: [Statement]) throws -> Flow {
    for statement in statements {
      let flow = try at(statement.place) { try run(statement) }
      if flow != .next { return flow }
    }
    return .next
  }

  private func run(_ statement: Statement) throws -> Flow {
    switch statement.kind {
    case .text(let text): try write(text)
    case .print(let expression): try write(Printing.text(of: value(of: expression), budget))
    case .branches(let branches, let otherwise):
      return try run(branches, otherwise: otherwise)
    case .forLoop(let loop):
      let items = try at(loop.sequence.place) { try value(of: loop.sequence).elements(budget) }
      return try run(loop, over: items, depth: 0, in: scope)
    case .set(let target, let expression): try assign(value(of: expression), to: target)
    case .setBlock(let target, let filter, let body):
      let (text, flow) = try text(of: body, in: Scope(in: scope))
      guard flow == .next else { return flow }
      try assign(filtered(.text(text), by: filter), to: target)
    case .macro(let declaration):
      scope.variables[declaration.name ?? ""] = .macro(try macro(declaration))
    case .callBlock(let declaration, let call):
      try write(Printing.text(of: callBlock(declaration, call), budget))
    case .filterBlock(let filter, let body):
      let (text, flow) = try text(of: body, in: Scope(in: scope))
      guard flow == .next else { return flow }
      try write(Printing.text(of: filtered(.text(text), by: filter), budget))
    case .with(let values, let body): return try run(body, with: values)
    case .generation(let body):
      let start = length
      let text = try text(of: body, in: Scope(in: scope)).text
      generated.append(start..<(start + text.unicodeScalars.count))
      try write(text)
    case .breakLoop: return .breakLoop
    case .continueLoop: return .continueLoop
    }
    return .next
  }

  private func run(
    _ branches: [(test: Expression, body: [Statement])], otherwise: [Statement]
  ) throws -> Flow {
    for (test, body) in branches where try value(of: test).isTrue { return try run(body) }
    return try run(otherwise)
  }

  private func run(
    _ body: [Statement], with values: [(target: Statement.Target, value: Expression)]
  ) throws -> Flow {
    let inner = Scope(in: scope)
    let values = try values.map { (target: $0.target, value: try value(of: $0.value)) }
    return try within(inner) {
      for (target, value) in values { try assign(value, to: target) }
      return try run(body)
    }
  }

  func within<Result>(_ inner: Scope, _ body: () throws -> Result) throws -> Result {
    let outer = scope
    scope = inner
    defer { scope = outer }
    return try body()
  }

  // MARK: Loops

  func run(
    _ loop: Statement.ForLoop, over items: [Value], depth: Int, in outer: Scope
  ) throws -> Flow {
    let isIncluded = loop.test.map { test in
      { [unowned self] (item: Value) throws -> Bool in
        try within(Scope(in: outer)) {
          try assign(item, to: loop.target)
          return try value(of: test).isTrue
        }
      }
    }
    let state = LoopState(loop, over: items, in: outer, depth: depth, where: isIncluded)
    while let item = try state.advance() {
      try budget.step()
      let inner = Scope(in: outer)
      inner.variables["loop"] = .loop(state)
      let flow = try within(inner) {
        try assign(item, to: loop.target)
        return try run(loop.body)
      }
      if flow == .breakLoop { break }
    }
    if state.index >= 0 { return .next }
    return try within(Scope(in: outer)) { try run(loop.otherwise) }
  }

  // MARK: Assignments

  func assign(_ value: Value, to target: Statement.Target) throws {
    switch target {
    case .name(let name): scope.variables[name] = value
    case .tuple(let targets):
      let elements = try value.elements(budget)
      guard elements.count == targets.count else {
        throw Fault.wrong("\(elements.count.counted("value")) for \(targets.count) names")
      }
      for (target, element) in zip(targets, elements) { try assign(element, to: target) }
    case .attribute(let attribute, let name):
      guard case .namespace(let namespace)? = scope.value(of: name) else {
        throw Fault.wrong("'\(name.shown)' is no namespace: its attributes cannot be set")
      }
      guard !attribute.hasPrefix("_") else {
        throw Fault(.unsafe("a namespace's attribute must not start with '_'"))
      }
      try namespace.attributes.set(attribute, value)
    }
  }

  func makeNamespace(_ attributes: Members) throws -> Value {
    try budget.make(attributes.items.count * 4 * Budget.elementBytes + 100)
    let namespace = Namespace(attributes)
    namespaces.append(namespace)
    return .namespace(namespace)
  }

  func macro(_ declaration: Statement.Macro) throws -> Macro {
    try budget.make(200)
    if closures.last !== scope { closures.append(scope) }
    return Macro(declaration, in: scope)
  }
}
