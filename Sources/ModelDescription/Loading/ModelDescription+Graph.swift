public import ModelGraph
import PeftBasics

extension ModelDescription {
  /// The model as a graph.
  /// - Throws: `DescriptionErrors` with all independent mistakes.
  /// - Complexity: O(operations); no weights are read or made.
  public func graph() throws -> Graph { try built { builder, _, _ in builder.graph } }

  /// The model as a graph, with what is legal in its description and most likely a mistake.
  /// - Throws: `DescriptionErrors` with all independent mistakes.
  public func checked() throws -> CheckedDescription {
    try built { builder, steps, blocks in
      let inputs = (document["inputs"]?.entries ?? []).filter { entry in
        builder.graph.inputs.contains { $0.name == entry.key && !builder.isRead($0.value) }
      }
      let unread = inputs.map {
        DescriptionError(DescriptionWarning.unreadInput($0.key), at: $0.keyRange)
      }
      let all = unread + builder.unreadSteps + document.unreadBlocks(steps, blocks)
      return CheckedDescription(graph: builder.graph, warnings: all.inOrder)
    }
  }

  private func built<Result>(
    _ body: (GraphBuilder, [CompiledStep], [String: BlockDefinition]) throws -> Result
  ) throws -> Result {
    var compiler = StepCompiler(blocks: try blockArguments())
    let blocks = try blockDefinitions(compiler: &compiler)
    guard let written = document["graph"] else {
      throw DescriptionError(LoadingProblem.missingKey("graph"), at: document.range)
    }
    let steps = compiler.compile(written)
    compiler.check(order: document["modules"], of: steps)
    guard compiler.errors.isEmpty else { throw DescriptionErrors(compiler.errors) }

    let frame = Frame()
    let scope = Scope(dimensions: dimensions, expressions: ExpressionStore(), frame: frame)
    let builder = GraphBuilder(
      graph: Graph(name: name, origin: Graph.Origin(modelType: modelType)), blocks: blocks,
      recordsDefinitions: compiler.hasUses)
    try addInputs(to: builder, in: scope)
    builder.order(document["modules"], in: scope)
    builder.run(steps, in: scope)
    addOutputs(to: builder, in: scope)
    guard builder.errors.isEmpty else { throw DescriptionErrors(builder.errors) }
    builder.graph.origin.formerModules = checkpointNames.formerModules(of: builder.graph)
    return try body(builder, steps, blocks)
  }

  private func blockArguments() throws -> [String: [String]] {
    var arguments: [String: [String]] = [:]
    if let blocks = document["blocks"], blocks.entries == nil {
      throw DescriptionError(
        LoadingProblem.wrongKind(
          key: "blocks", expected: "a mapping of names", found: blocks.kindName),
        at: blocks.range)
    }
    for entry in document["blocks"]?.entries ?? [] {
      guard StepCatalog.byName[entry.key] == nil else {
        throw DescriptionError(LoadingProblem.blockHidesOperator(entry.key), at: entry.keyRange)
      }
      arguments[entry.key] = try self.arguments(of: entry)
    }
    return arguments
  }

  private func arguments(of block: DocumentNode.Entry) throws -> [String] {
    guard let node = block.value["arguments"] else { return [] }
    guard let entries = node.entries else {
      throw DescriptionError(
        LoadingProblem.wrongKind(
          key: "arguments", expected: "a mapping of names to defaults, such as {width: 8}",
          found: node.kindName), at: node.range)
    }
    let reserved = CommonAttributes.all.map(\.name)
    if let entry = entries.first(where: { reserved.contains($0.key) }) {
      throw DescriptionError(StepProblem.reservedArgument(entry.key), at: entry.keyRange)
    }
    return entries.map(\.key)
  }

  private func blockDefinitions(
    compiler: inout StepCompiler
  ) throws -> [String: BlockDefinition] {
    let known = ["arguments", "inputs", "outputs", "modules", "graph"]
    var blocks: [String: BlockDefinition] = [:]
    for entry in document["blocks"]?.entries ?? [] {
      let unknown = entry.value.entries?.first { !known.contains($0.key) }
      if let unknown {
        throw DescriptionError(
          StepProblem.unknownAttribute(unknown.key, operation: entry.key, known: known),
          at: unknown.keyRange)
      }
      guard let graph = entry.value["graph"] else {
        throw DescriptionError(
          StepProblem.missingAttribute("graph", operation: entry.key, summary: "its steps"),
          at: entry.keyRange)
      }
      let steps = compiler.compile(graph)
      compiler.check(order: entry.value["modules"], of: steps)
      let inputs = entry.value["inputs"].map { $0.elements ?? [$0] } ?? []
      blocks[entry.key] = BlockDefinition(
        arguments: entry.value["arguments"]?.entries ?? [],
        inputs: inputs.compactMap { $0.scalar?.text },
        outputs: entry.value["outputs"], modules: entry.value["modules"], steps: steps)
    }
    return blocks
  }

  // MARK: Inputs and outputs

  static let inputTypes: KeyValuePairs<String, ElementType> = [
    "tokens": .index, "mask": .mask, "numbers": .float32,
  ]

  private func addInputs(to builder: GraphBuilder, in scope: Scope) throws {
    guard let inputs = document["inputs"] else {
      throw DescriptionErrors([
        DescriptionError(LoadingProblem.missingKey("inputs"), at: document.range)
      ])
    }
    guard let entries = inputs.entries else {
      throw DescriptionErrors([
        DescriptionError(
          LoadingProblem.wrongKind(
            key: "inputs", expected: "a mapping of names", found: inputs.kindName),
          at: inputs.range)
      ])
    }
    for entry in entries {
      let value = builder.reporting { try addInput(entry, to: builder, in: scope) }
      scope.frame.name([entry.key], value.map { [$0] })
    }
  }

  private func addInput(
    _ entry: DocumentNode.Entry, to builder: GraphBuilder, in scope: Scope
  ) throws -> Value.ID {
    guard entry.key != "previous", Scope.isModulePath(entry.key) else {
      throw DescriptionError(LoadingProblem.badValueName(entry.key), at: entry.keyRange)
    }
    let known = ["type", "shape", "optional"]
    if let unknown = entry.value.entries?.first(where: { !known.contains($0.key) }) {
      throw DescriptionError(
        StepProblem.unknownAttribute(unknown.key, operation: "an input", known: known),
        at: unknown.keyRange)
    }
    guard entry.value.entries != nil else {
      throw DescriptionError(
        LoadingProblem.wrongKind(
          key: "an input", expected: "{type: tokens, shape: [batch, sequence]}",
          found: entry.value.kindName), at: entry.value.range)
    }
    let type = try attribute("type", "tokens, mask or numbers", of: entry)
    let shape = try attribute("shape", "a list such as [batch, sequence]", of: entry)
    guard let axes = shape.elements else {
      throw DescriptionError(
        StepProblem.wrongKind(
          expected: "a list such as [batch, sequence]", found: shape.kindName), at: shape.range)
    }
    let name = try scope.text(type)
    guard let element = Self.inputTypes.first(where: { $0.key == name })?.value else {
      throw DescriptionError(
        LoadingProblem.unknownInputType(name, known: Self.inputTypes.map(\.key)), at: type.range)
    }
    let sizes = Shape(try axes.map { try dimension($0, in: scope) })
    let isOptional = try entry.value["optional"].map(scope.flag) ?? false
    let value = builder.graph.addInput(
      entry.key, type: ValueType(sizes, element), isOptional: isOptional)
    builder.setOrigin(entry.keyRange, of: value)
    return value
  }

  private func attribute(
    _ name: String, _ summary: String, of entry: DocumentNode.Entry
  ) throws -> DocumentNode {
    guard let node = entry.value[name] else {
      throw DescriptionError(
        StepProblem.missingAttribute(name, operation: "an input", summary: summary),
        at: entry.keyRange)
    }
    return node
  }

  /// A size, or a bare name for one that is open until the graph is compiled.
  private func dimension(_ node: DocumentNode, in scope: Scope) throws -> Dimension {
    if let name = node.string, let first = name.first, first.isLetter {
      guard name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) else {
        throw DescriptionError(LoadingProblem.badDimension(name), at: node.range)
      }
      return .symbol(name)
    }
    return .size(try scope.whole(node, minimum: 1))
  }

  private func addOutputs(to builder: GraphBuilder, in scope: Scope) {
    guard let outputs = document["outputs"] else {
      builder.report(DescriptionError(LoadingProblem.missingKey("outputs"), at: document.range))
      return
    }
    guard let entries = outputs.entries, !entries.isEmpty else {
      builder.report(
        DescriptionError(
          LoadingProblem.wrongKind(
            key: "outputs", expected: "a mapping of names to values",
            found: outputs.entries == nil ? outputs.kindName : "an empty one"),
          at: outputs.range))
      return
    }
    for entry in entries {
      _ = builder.reporting {
        let known = ["from", "when", "optional"]
        if let unknown = entry.value.entries?.first(where: { !known.contains($0.key) }) {
          throw DescriptionError(
            StepProblem.unknownAttribute(unknown.key, operation: "an output", known: known),
            at: unknown.keyRange)
        }
        let when = try entry.value["when"].map(scope.flag) ?? true
        guard when else { return }
        let from = entry.value["from"] ?? entry.value
        let value = try scope.frame.value(
          named: scope.text(from), at: from.range, for: "output '\(entry.key)'")
        builder.graph.addOutput(entry.key, value)
      }
    }
    if builder.graph.outputs.isEmpty, builder.errors.isEmpty {
      builder.report(DescriptionError(LoadingProblem.noOutputs, at: outputs.range))
    }
    _ = builder.reporting {
      guard let node = document["output_embedding"] else { return }
      let path = try scope.text(node)
      guard !path.isEmpty else { return }
      guard builder.graph.modules.contains(path) || !builder.errors.isEmpty else {
        throw DescriptionError(StepProblem.unknownModule(path), at: node.range)
      }
      builder.graph.origin.outputEmbedding = path
    }
  }
}

extension [DescriptionError] {
  /// By their places: file by file, from the start.
  fileprivate var inOrder: [DescriptionError] {
    sorted {
      guard let a = $0.range, let b = $1.range else { return false }
      return (a.file.path, a.startCharacter) < (b.file.path, b.startCharacter)
    }
  }
}
