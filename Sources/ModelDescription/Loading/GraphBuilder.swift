import ModelGraph
import PeftBasics

/// Builds a graph from checked steps. A step that fails is reported, and what depends on it is
/// left out in silence, so that one pass finds all independent mistakes.
final class GraphBuilder {
  var graph: Graph
  private(set) var errors: [DescriptionError] = []
  private let blocks: [String: BlockDefinition]
  /// The steps that `use` can take again; empty where no step does.
  private var definitions = StepDefinitions()
  private let recordsDefinitions: Bool
  private var origins: [Value.ID: SourceRange] = [:]
  /// The step that made each of the graph's nodes.
  private(set) var nodeOrigins: [Origin] = []
  /// Steps that made a parameter by itself.
  private(set) var parameterSteps: [(value: Value.ID, name: String, range: SourceRange)] = []
  private var reported: Set<SourceRange> = []

  /// More steps than any model takes; a description with large counts stops here.
  static let stepLimit = 100_000
  private var stepCount = 0
  /// More values than any model has; a step can make many.
  static let valueLimit = 1_000_000
  private static let deepestBlocks = 32

  /// - Parameter recordsDefinitions: Whether a step takes another one again.
  init(graph: Graph, blocks: [String: BlockDefinition], recordsDefinitions: Bool) {
    self.graph = graph
    self.blocks = blocks
    self.recordsDefinitions = recordsDefinitions
  }

  /// Whether there are more mistakes than are reported.
  private var isGivingUp: Bool { errors.count >= DescriptionErrors.most }

  func report(_ error: DescriptionError) {
    if let range = error.range, !reported.insert(range).inserted { return }
    errors.append(error)
  }

  /// Runs a body and reports what it throws.
  /// - Returns: Nil where it threw.
  func reporting<Result>(_ body: () throws -> Result) -> Result? {
    do { return try body() } catch let error as DescriptionError {
      report(error)
    } catch {
      // What an earlier, reported step failed to make.
    }
    return nil
  }

  // MARK: Steps

  func run(_ steps: [CompiledStep], in scope: Scope) {
    for step in steps where !isGivingUp {
      guard stepCount <= GraphBuilder.stepLimit else { return }
      let isTaken = reporting {
        try countStep(at: step)
        return try self.isTaken(step, in: scope)
      }
      guard let isTaken else {
        scope.frame.previous = .failure(AlreadyReported())
        continue
      }
      if isTaken { run(step, in: scope) }
    }
  }

  /// Counts a step, or one turn of a repeat, so that large counts end in bounded time and memory.
  func countStep(at step: CompiledStep) throws {
    guard stepCount <= GraphBuilder.stepLimit else { throw AlreadyReported() }
    stepCount += 1
    guard stepCount <= GraphBuilder.stepLimit else {
      throw DescriptionError(
        StepProblem.tooManySteps(limit: GraphBuilder.stepLimit), at: step.keyRange)
    }
  }

  private func isTaken(_ step: CompiledStep, in scope: Scope) throws -> Bool {
    try step.attributes[CommonAttributes.when.name].map(scope.flag) ?? true
  }

  private func run(_ step: CompiledStep, in scope: Scope) {
    let definition = recordsDefinitions ? define(step, in: scope) : nil
    let call = StepCall(step: step, scope: scope, builder: self)
    let results = reporting { try build(call) }
    if let definition { definitions.finish(definition, isBuilt: results != nil) }
    for value in results ?? [] where origins[value] == nil { origins[value] = step.keyRange }
    if step.operation == ParameterStep.name, scope.again == nil, let value = results?.first,
      let id = graph.parameter(readBy: value)
    {
      parameterSteps.append((value, graph[id].name, step.keyRange))
    }
    scope.frame.previous = results.map { .success($0) } ?? .failure(AlreadyReported())
    if let node = step.attributes[CommonAttributes.to.name] {
      guard reporting({ try name(results, by: node, in: scope) }) == nil else { return }
      scope.frame.previous = .failure(AlreadyReported())
    }
  }

  private func build(_ call: StepCall) throws -> [Value.ID] {
    switch call.step.kind {
    case .step(let type): try type.build(call)
    case .block(let name): try build(block: name, call)
    }
  }

  private func name(_ results: [Value.ID]?, by node: DocumentNode, in scope: Scope) throws {
    let names = try [String].read(node, as: CommonAttributes.to.kind, in: scope)
    if let reserved = names.first(where: { $0 == "previous" || $0.isEmpty }) {
      throw DescriptionError(StepProblem.reservedName(reserved), at: node.range)
    }
    if let results, results.count != names.count {
      scope.frame.name(names, nil)
      throw DescriptionError(
        StepProblem.wrongNumberOfNames(names: names.count, results: results.count), at: node.range)
    }
    scope.frame.name(names, results)
  }

  private func build(block name: String, _ call: StepCall) throws -> [Value.ID] {
    guard let block = blocks[name] else { throw AlreadyReported() }
    let chain = call.scope.blocks + [name]
    guard !call.scope.blocks.contains(name) else {
      throw DescriptionError(StepProblem.blockCallsItself(chain), at: call.step.keyRange)
    }
    guard chain.count <= GraphBuilder.deepestBlocks else {
      throw DescriptionError(
        StepProblem.blocksTooDeep(limit: GraphBuilder.deepestBlocks), at: call.step.keyRange)
    }
    let frame = Frame()
    if !block.inputs.isEmpty || call.step.attributes[CommonAttributes.from.name] != nil {
      let values = try call.inputs(block.inputs.count)
      frame.name(block.inputs, values)
      frame.previous = .success(values)
    }
    let path = try call.path()
    let locals = try block.locals(for: call.step, in: call.scope)
    let inner = Scope(
      dimensions: call.scope.dimensions, expressions: call.scope.expressions, locals: locals,
      path: path, frame: frame, blocks: chain, again: call.scope.again)
    order(block.modules, in: inner)
    run(block.steps, in: inner)
    guard let outputs = block.outputs else { return try frame.previous?.get() ?? [] }
    return try (outputs.elements ?? [outputs]).map {
      try frame.value(named: inner.text($0), at: $0.range, for: name)
    }
  }

  // MARK: Steps that are taken again

  /// Keeps a step with a name of its own, so that it can be taken again.
  /// - Returns: Its path; nil where it has none, or is itself taken again.
  private func define(_ step: CompiledStep, in scope: Scope) -> String? {
    guard scope.again == nil, step.operation != UseStep.name,
      step.attributes[CommonAttributes.name.name] != nil,
      let path = try? scope.path(naming: step), path != scope.path
    else { return nil }
    return definitions.start(step, at: path, in: scope) ? path : nil
  }

  /// Keeps the steps of one turn of a repeat as a step at the turn's path.
  func defineTurn(_ step: CompiledStep, steps: [CompiledStep], in scope: Scope) -> String? {
    guard recordsDefinitions, scope.again == nil, scope.path != "" else { return nil }
    let turn = CompiledStep(
      kind: .step(BlockStep.self), operation: BlockStep.name, attributes: [:],
      nested: [BlockStep.graph.name: steps], keyRange: step.keyRange)
    return definitions.start(turn, at: scope.path, in: scope) ? scope.path : nil
  }

  func finishTurn(_ path: String?, isBuilt: Bool) {
    if let path { definitions.finish(path, isBuilt: isBuilt) }
  }

  /// Takes a step again: the same parameters and modules, on the values that `call` reads.
  func use(_ name: String, at range: SourceRange, _ call: StepCall) throws -> [Value.ID] {
    let (path, definition) = try definitions.find(name, at: range, from: call.scope.path)
    guard !call.scope.uses.contains(path) else {
      throw DescriptionError(StepProblem.usesItself(call.scope.uses + [path]), at: range)
    }
    guard call.scope.uses.count < GraphBuilder.deepestBlocks else {
      throw DescriptionError(
        StepProblem.blocksTooDeep(limit: GraphBuilder.deepestBlocks), at: range)
    }
    let from = call.step.attributes[CommonAttributes.from.name]
    let given = from == nil ? nil : try call.inputs()
    var scope = definition.scope.replacingFrame(by: call.scope.frame)
    scope.again = Again(path: path, range: from?.range ?? call.step.keyRange, isUse: true)
    scope.uses = call.scope.uses + [path]
    let step = definition.step.taken(by: call.step)
    let (nodes, known) = (graph.nodes.count, errors.count)
    let results = try build(StepCall(step: step, scope: scope, builder: self, given: given))
    if let given, let from, errors.count == known, results != given,
      !graph.nodes[nodes...].contains(where: { $0.operands.contains(where: given.contains) })
    {
      throw DescriptionError(StepProblem.unreadInput(name), at: from.range)
    }
    return results
  }

  // MARK: Graph

  func apply<Operation: Operator>(
    _ operation: Operation, to operands: [Value.ID], in module: String, by step: CompiledStep
  ) throws -> [Value.ID] {
    graph.declareModule(module)
    let results = try graph.apply(operation, to: operands, in: module)
    nodeOrigins.append(Origin(range: step.keyRange, operation: step.operation))
    return results
  }

  /// Takes places for modules in the order of a `modules` list, and makes those with a kind.
  func order(_ modules: DocumentNode?, in scope: Scope) {
    guard let modules else { return }
    for element in modules.elements ?? [modules] where !isGivingUp {
      _ = reporting {
        let entry = element.entries?.first
        let name = try entry?.key ?? scope.text(element)
        let path = try scope.path(of: name, at: element.range)
        if let kind = entry?.value.string {
          graph.declareModule(path, kind: Module.Kind(kind))
        } else {
          graph.reserveModule(path)
        }
      }
    }
  }

  /// Where operands come from, and the dimensions a step reads, for a message about shapes.
  func note(on operands: [Value.ID], of call: StepCall) -> String? {
    // A step's own parameters say nothing new.
    let places = operands.compactMap { operand in
      origins[operand].flatMap {
        $0 == call.step.keyRange
          ? nil : "\(graph[operand].type.shape) from line \($0.start.line)"
      }
    }
    let notes =
      places
      + [call.dimensionNote, call.scope.again?.note].compactMap { $0 }
    return notes.isEmpty ? nil : notes.joined(separator: ", ")
  }

  func origin(of value: Value.ID) -> SourceRange? { origins[value] }

  func setOrigin(_ range: SourceRange, of value: Value.ID) { origins[value] = range }
}
