import ModelGraph
import PeftBasics

/// Builds a graph from checked steps. A step that fails is reported, and what depends on it is
/// left out in silence, so that one pass finds all independent mistakes.
final class GraphBuilder {
  var graph: Graph
  private(set) var errors: [DescriptionError] = []
  private let blocks: [String: BlockDefinition]
  private var origins: [Value.ID: SourceRange] = [:]
  private var reported: Set<SourceRange> = []

  /// More steps than any model takes; a description with large counts stops here.
  static let stepLimit = 100_000
  private var stepCount = 0
  /// More values than any model has; a step can make many.
  static let valueLimit = 1_000_000
  private static let deepestBlocks = 32

  init(graph: Graph, blocks: [String: BlockDefinition]) {
    self.graph = graph
    self.blocks = blocks
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
    let call = StepCall(step: step, scope: scope, builder: self)
    let results = reporting {
      switch step.kind {
      case .step(let type): try type.build(call)
      case .block(let name): try build(block: name, call)
      }
    }
    for value in results ?? [] where origins[value] == nil { origins[value] = step.keyRange }
    scope.frame.previous = results.map { .success($0) } ?? .failure(AlreadyReported())
    if let node = step.attributes[CommonAttributes.to.name] {
      guard reporting({ try name(results, by: node, in: scope) }) == nil else { return }
      scope.frame.previous = .failure(AlreadyReported())
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
      path: path, frame: frame, blocks: chain)
    order(block.modules, in: inner)
    run(block.steps, in: inner)
    guard let outputs = block.outputs else { return try frame.previous?.get() ?? [] }
    return try (outputs.elements ?? [outputs]).map {
      try frame.value(named: inner.text($0), at: $0.range, for: name)
    }
  }

  // MARK: Graph

  func apply<Operation: Operator>(
    _ operation: Operation, to operands: [Value.ID], in module: String
  ) throws -> [Value.ID] {
    graph.declareModule(module)
    return try graph.apply(operation, to: operands, in: module)
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
    let places = operands.compactMap { operand in
      origins[operand].map { "\(graph[operand].type.shape) from line \($0.start.line)" }
    }
    let notes = (places.count > 1 ? places : []) + [call.dimensionNote].compactMap { $0 }
    return notes.isEmpty ? nil : notes.joined(separator: ", ")
  }

  func setOrigin(_ range: SourceRange, of value: Value.ID) { origins[value] = range }
}
