public import ModelGraph

extension ModelDescription {
  /// The model as a graph.
  /// - Throws: `DescriptionErrors` with all independent mistakes.
  /// - Complexity: O(operations); no weights are read or made.
  public func graph() throws -> Graph {
    var compiler = StepCompiler(blocks: blockArguments())
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
      graph: Graph(name: name, origin: Graph.Origin(modelType: modelType)), blocks: blocks)
    addInputs(to: builder, in: scope)
    builder.order(document["modules"], in: scope)
    builder.run(steps, in: scope)
    addOutputs(to: builder, in: scope)
    guard builder.errors.isEmpty else { throw DescriptionErrors(builder.errors) }
    return builder.graph
  }

  private func blockArguments() -> [String: [String]] {
    var arguments: [String: [String]] = [:]
    for entry in document["blocks"]?.entries ?? [] {
      arguments[entry.key] = entry.value["arguments"]?.entries?.map(\.key) ?? []
    }
    return arguments
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

  private func addInputs(to builder: GraphBuilder, in scope: Scope) {
    guard let inputs = document["inputs"] else {
      builder.report(DescriptionError(LoadingProblem.missingKey("inputs"), at: document.range))
      return
    }
    guard let entries = inputs.entries else {
      builder.report(
        DescriptionError(
          LoadingProblem.wrongKind(
            key: "inputs", expected: "a mapping of names", found: inputs.kindName),
          at: inputs.range))
      return
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
    guard let type = entry.value["type"], let axes = entry.value["shape"]?.elements else {
      throw DescriptionError(
        LoadingProblem.wrongKind(
          key: entry.key, expected: "{type: tokens, shape: [batch, sequence]}",
          found: entry.value.kindName), at: entry.value.range)
    }
    let name = try scope.text(type)
    guard let element = Self.inputTypes.first(where: { $0.key == name })?.value else {
      throw DescriptionError(
        LoadingProblem.unknownInputType(name, known: Self.inputTypes.map(\.key)), at: type.range)
    }
    let shape = Shape(try axes.map { try dimension($0, in: scope) })
    let isOptional = try entry.value["optional"].map(scope.flag) ?? false
    let value = builder.graph.addInput(
      entry.key, type: ValueType(shape, element), isOptional: isOptional)
    builder.setOrigin(entry.keyRange, of: value)
    return value
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
    for entry in outputs.entries ?? [] {
      _ = builder.reporting {
        let when = try entry.value["when"].map(scope.flag) ?? true
        guard when else { return }
        let from = entry.value["from"] ?? entry.value
        let value = try scope.frame.value(
          named: scope.text(from), at: from.range, for: "output '\(entry.key)'")
        builder.graph.addOutput(entry.key, value)
      }
    }
    _ = builder.reporting {
      guard let node = document["output_embedding"] else { return }
      let path = try scope.text(node)
      guard !path.isEmpty else { return }
      guard builder.graph.modules.contains(path) || !builder.errors.isEmpty else {
        throw DescriptionError(LoadingProblem.unknownModule(path), at: node.range)
      }
      builder.graph.origin.outputEmbedding = path
    }
  }
}
