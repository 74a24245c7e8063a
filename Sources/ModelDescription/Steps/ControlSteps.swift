import ModelGraph
import PeftBasics

/// The same steps again and again, each time in a module of its own: `NAME.0`, `NAME.1`, …
///
/// Without a name they stay in the enclosing module. With `shared` all turns have the same modules and
/// parameters, those of the first, as ALBERT's layers.
enum RepeatStep: Step {
  static let name = "repeat"
  static let summary = "The same steps several times; $index counts from 0."

  static let count = Attribute<Int>.required("count", .whole(minimum: 1), "How many times.")
  static let graph = Attribute<Bool>.required("graph", .steps, "The steps.")
  static let shared = Attribute<Bool>(
    "shared", .flag, default: false,
    "Whether all turns have the same modules and parameters, without numbers in their paths.")
  static let modules = Attribute<Bool>(
    "modules", .modules, "Modules in registration order, where it is not that of the steps.")
  static let attributes: [any AttributeDeclaration] = [count, graph, shared, modules]

  static func build(_ call: StepCall) throws -> [Value.ID] {
    let path = try call.path()
    let isNumbered = try !call.value(shared) && path != call.scope.path
    if call.step.attributes[CommonAttributes.from.name] != nil {
      call.scope.frame.previous = .success(try call.inputs())
    }
    call.builder.graph.declareModule(path, kind: isNumbered ? "ModuleList" : .container)
    let errorsBefore = call.builder.errors.count
    for index in 0..<(try call.value(count)) {
      try call.builder.countStep(at: call.step)
      var scope = call.scope
      scope.path = isNumbered ? "\(path).\(index)" : path
      scope.locals["index"] = .integer(index)
      try build(turn: index, call, in: scope, isNumbered: isNumbered)
      guard call.builder.errors.count == errorsBefore else { break }
    }
    return try call.scope.frame.previous?.get() ?? []
  }

  private static func build(
    turn: Int, _ call: StepCall, in scope: Scope, isNumbered: Bool
  ) throws {
    var scope = scope
    let (builder, steps) = (call.builder, call.steps(graph.name))
    if turn > 0, scope.again == nil, try call.value(shared) {
      scope.again = Again(path: scope.path, range: call.step.keyRange, isUse: false)
    } else if turn > 0, !isNumbered, try !call.value(shared) {
      scope.unnamedRepeat = call.step.keyRange
    }
    builder.graph.declareModule(scope.path)
    builder.order(call.step.attributes[modules.name], in: scope)
    let definition = isNumbered ? builder.defineTurn(call.step, steps: steps, in: scope) : nil
    let errorsBefore = builder.errors.count
    builder.run(steps, in: scope)
    builder.finishTurn(definition, isBuilt: builder.errors.count == errorsBefore)
  }
}

/// Steps inside a module of their own.
enum BlockStep: Step {
  static let name = "block"
  static let summary = "Steps inside a module of their own; without a name, steps taken together."

  static let graph = Attribute<Bool>.required("graph", .steps, "The steps.")
  static let modules = Attribute<Bool>(
    "modules", .modules, "Modules in registration order, where it is not that of the steps.")
  static let attributes: [any AttributeDeclaration] = [graph, modules]

  static func build(_ call: StepCall) throws -> [Value.ID] {
    var scope = call.scope
    scope.path = try call.path()
    if call.step.attributes[CommonAttributes.from.name] != nil {
      scope.frame.previous = .success(try call.inputs())
    }
    call.builder.graph.declareModule(scope.path)
    call.builder.order(call.step.attributes[modules.name], in: scope)
    call.builder.run(call.steps(graph.name), in: scope)
    return try scope.frame.previous?.get() ?? []
  }
}

/// A step or block that was built before, once more: the same parameters and modules.
///
/// Its `name` is that of the step, in the enclosing module or in one around it. The steps run as if they stood
/// here again: they read and give names as they do there, but for what `from` and `to` say here.
enum UseStep: Step {
  static let name = "use"
  static let summary =
    "A named step or block once more, with the same parameters and modules."
  static let needsName = true
  static let shorthand: String? = CommonAttributes.name.name

  static func build(_ call: StepCall) throws -> [Value.ID] {
    guard let node = call.step.attributes[CommonAttributes.name.name] else {
      throw AlreadyReported()
    }
    let name = try call.scope.text(node)
    guard Scope.isModulePath(name) else {
      throw DescriptionError(StepProblem.badName(name), at: node.range)
    }
    return try call.builder.use(name, at: node.range, call)
  }
}

/// A piece of a graph that a description defines once, under `blocks`, and uses like an operator.
struct BlockDefinition: Sendable {
  /// What a use can or must give, with defaults; null where it must.
  let arguments: [DocumentNode.Entry]
  let inputs: [String]
  /// The values it returns; nil for those of its last step.
  let outputs: DocumentNode?
  let modules: DocumentNode?
  let steps: [CompiledStep]

  /// The arguments of one use, evaluated where it stands.
  func locals(for step: CompiledStep, in scope: Scope) throws -> [String: DimensionValue] {
    var locals: [String: DimensionValue] = [:]
    for argument in arguments {
      let given = step.attributes[argument.key]
      let node = given ?? argument.value
      guard !node.isNull else {
        throw DescriptionError(
          StepProblem.missingAttribute(
            argument.key, operation: step.operation, summary: "an argument without a default"),
          at: step.keyRange)
      }
      locals[argument.key] = try scope.value(node)
    }
    return locals
  }
}
