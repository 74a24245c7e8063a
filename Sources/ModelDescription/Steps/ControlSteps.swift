import ModelGraph
import PeftBasics

/// The same steps again and again, each time in a module of its own: `NAME.0`, `NAME.1`, …
enum RepeatStep: Step {
  static let name = "repeat"
  static let summary = "The same steps several times; $index counts from 0."
  static let needsName = true

  static let count = Attribute<Int>.required("count", .whole(minimum: 1), "How many times.")
  static let graph = Attribute<Bool>.required("graph", .steps, "The steps.")
  static let modules = Attribute<Bool>(
    "modules", .modules, "Modules in registration order, where it is not that of the steps.")
  static let attributes: [any AttributeDeclaration] = [count, graph, modules]

  static func build(_ call: StepCall) throws -> [Value.ID] {
    let path = try call.path()
    let steps = call.steps(graph.name)
    if call.step.attributes[CommonAttributes.from.name] != nil {
      call.scope.frame.previous = .success(try call.inputs())
    }
    call.builder.graph.declareModule(path, kind: "ModuleList")
    let errorsBefore = call.builder.errors.count
    for index in 0..<(try call.value(count)) {
      try call.builder.countStep(at: call.step)
      var scope = call.scope
      scope.path = "\(path).\(index)"
      scope.locals["index"] = .integer(index)
      call.builder.graph.declareModule(scope.path)
      call.builder.order(call.step.attributes[modules.name], in: scope)
      call.builder.run(steps, in: scope)
      guard call.builder.errors.count == errorsBefore else { break }
    }
    return try call.scope.frame.previous?.get() ?? []
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
