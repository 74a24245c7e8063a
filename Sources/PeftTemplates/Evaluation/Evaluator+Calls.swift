import PeftBasics

extension Evaluator {
  func call(_ callee: Expression, _ expressions: Expression.Arguments) throws -> Value {
    if case .attribute(let object, let name) = callee.kind {
      let object = try value(of: object)
      let attribute = try attribute(name, of: object)
      let arguments = try arguments(expressions)
      if case .method(let method) = attribute {
        return try Methods.call(method, of: object, arguments, self)
      }
      return try call(attribute, arguments)
    }
    let function = try value(of: callee)
    return try call(function, arguments(expressions))
  }

  func arguments(_ expressions: Expression.Arguments) throws -> Arguments {
    var arguments = Arguments()
    for expression in expressions.positional {
      arguments.positional.append(try value(of: expression))
    }
    if let spread = expressions.spread {
      arguments.positional += try value(of: spread).elements(budget)
    }
    for (name, expression) in expressions.named {
      arguments.named.append((name, try value(of: expression)))
    }
    if let spread = expressions.spreadNames {
      guard case .map(let members) = try value(of: spread) else {
        throw Fault.wrong("'**' needs a map")
      }
      for (key, value) in members.items {
        guard case .text(let name) = key.value else {
          throw Fault.wrong("'**' needs a map whose keys are texts")
        }
        arguments.named.append((name, value))
      }
    }
    return arguments
  }

  func call(_ callee: Value, _ arguments: Arguments) throws -> Value {
    switch callee {
    case .function(let function): return try function.call(arguments, self)
    case .macro(let macro): return .text(try call(macro, arguments))
    case .loop(let loop): return .text(try callAgain(loop, arguments))
    case .undefined(let undefined): throw undefined.fault
    case .method(let name):
      throw Fault(.unsupported("calling '\(name)' elsewhere than where it is named"))
    default: throw Fault.wrong("a '\(callee.typeName)' cannot be called")
    }
  }

  // MARK: Macros

  private func call(_ macro: Macro, _ given: Arguments) throws -> String {
    let declaration = macro.declaration
    let shown = declaration.name ?? "caller"
    let names = declaration.parameters.map(\.name)
    let inner = Scope(in: macro.scope)
    var named = given.named
    for (index, name) in names.enumerated() {
      if index < given.positional.count {
        inner.variables[name] = given.positional[index]
      } else if let place = named.firstIndex(where: { $0.name == name }) {
        inner.variables[name] = named.remove(at: place).value
      }
    }
    if declaration.mentions.contains("caller"), !names.contains("caller") {
      let place = named.firstIndex { $0.name == "caller" }
      inner.variables["caller"] =
        place.map { named.remove(at: $0).value }
        ?? .undefined(Undefined(reason: "no caller is defined"))
    }
    if declaration.mentions.contains("kwargs"), !names.contains("kwargs") {
      var members = Members()
      for (name, value) in named { try members.set(name, value) }
      inner.variables["kwargs"] = .map(members)
    } else if let extra = named.first {
      throw Fault.wrong("the macro '\(shown)' has no argument '\(extra.name.shown)'")
    }
    let rest = Array(given.positional.dropFirst(names.count))
    if declaration.mentions.contains("varargs"), !names.contains("varargs") {
      inner.variables["varargs"] = .tuple(try Elements(rest))
    } else if !rest.isEmpty {
      throw Fault.wrong("the macro '\(shown)' takes \(names.count.counted("argument")) at most")
    }
    try within(inner) {
      for (name, initial) in declaration.parameters where inner.variables[name] == nil {
        inner.variables[name] =
          try initial.map { try value(of: $0) }
          ?? .undefined(Undefined(reason: "the parameter '\(name)' was not provided"))
      }
    }
    return try text(of: declaration.body, in: inner).text
  }

  func callBlock(_ declaration: Statement.Macro, _ call: Expression) throws -> Value {
    guard case .call(let callee, let expressions) = call.kind else { return .text("") }
    let caller = try macro(declaration)
    return try at(call.place) {
      let function = try value(of: callee)
      var arguments = try arguments(expressions)
      arguments.named.append(("caller", .macro(caller)))
      return try self.call(function, arguments)
    }
  }

  // MARK: Recursive loops

  private func callAgain(_ loop: LoopState, _ arguments: Arguments) throws -> String {
    guard loop.declaration.isRecursive else {
      throw Fault.wrong("only a loop with 'recursive' can be called")
    }
    let bound = try arguments.bound(to: ["iterable"], of: "'loop'")
    let items = try bound.required(0).elements(budget)
    let outer = Scope(in: loop.scope)
    return try collected {
      _ = try run(loop.declaration, over: items, depth: loop.depth + 1, in: outer)
    }
  }
}
