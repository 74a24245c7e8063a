import ModelGraph
import PeftBasics

/// One step about to be built: its attributes, the values it reads, the graph it adds to.
struct StepCall {
  let step: CompiledStep
  let scope: Scope
  let builder: GraphBuilder
  /// The values it reads, where they are not those of its attributes.
  var given: [Value.ID]?

  var operation: String { step.operation }

  // MARK: Attributes

  /// The value of an attribute, or its default.
  func value<Value>(_ attribute: Attribute<Value>) throws -> Value {
    guard let value = try optional(attribute) else {
      throw DescriptionError(
        StepProblem.missingAttribute(
          attribute.name, operation: operation, summary: attribute.summary), at: step.keyRange)
    }
    return value
  }

  /// The value of an attribute or its default; nil where there is neither, or it is null.
  func optional<Value>(_ attribute: Attribute<Value>) throws -> Value? {
    guard let node = step.attributes[attribute.name], !node.isNull else {
      return attribute.defaultValue
    }
    return try Value.read(node, as: attribute.kind, in: scope)
  }

  /// The steps inside an attribute.
  func steps(_ attribute: String) -> [CompiledStep] { step.nested[attribute] ?? [] }

  // MARK: Values

  /// The values that `from` names, or those of the previous step.
  func inputs() throws -> [Value.ID] {
    if let given { return given }
    guard let from = step.attributes[CommonAttributes.from.name] else {
      guard let previous = scope.frame.previous else {
        throw DescriptionError(
          StepProblem.nothingBefore(operation: operation), at: step.keyRange)
      }
      return try previous.get()
    }
    return try (from.elements ?? [from]).map { try namedValue($0) }
  }

  /// The values it reads, which must be that many.
  func inputs(_ count: Int) throws -> [Value.ID] {
    let values = try inputs()
    guard values.count == count else {
      let isPrevious = step.attributes[CommonAttributes.from.name] == nil
      let problem =
        count == 1 && isPrevious
        ? StepProblem.severalValues(operation: operation, count: values.count)
        : .wrongNumberOfValues(operation: operation, expected: count, found: values.count)
      throw DescriptionError(problem, at: step.fromRange)
    }
    return values
  }

  /// The one value it reads.
  func input() throws -> Value.ID { try inputs(1)[0] }

  /// The value an attribute names; nil where the attribute is not there.
  func namedValue(_ attribute: Attribute<[String]>) throws -> Value.ID? {
    try step.attributes[attribute.name].map { try namedValue($0) }
  }

  private func namedValue(_ node: DocumentNode) throws -> Value.ID {
    try scope.frame.value(named: scope.text(node), at: node.range, for: operation)
  }

  /// The size of a value's last axis.
  func width(of value: Value.ID) throws -> Int {
    let shape = builder.graph[value].type.shape
    guard let width = shape.last?.size else {
      throw DescriptionError(StepProblem.needsKnownWidth(shape), at: step.fromRange)
    }
    return width
  }

  // MARK: Building

  /// The path of the step's module: its name within the enclosing scope.
  func path() throws -> String { try scope.path(naming: step) }

  /// Names the step's module and says what it is, where the step has a name.
  func declareModule(_ kind: Module.Kind) throws {
    guard step.attributes[CommonAttributes.name.name] != nil else { return }
    builder.graph.declareModule(try path(), kind: kind)
  }

  /// Applies an operator on behalf of the step's module.
  func apply<Operation: Operator>(
    _ operation: Operation, to operands: [Value.ID]
  ) throws -> [Value.ID] {
    guard builder.graph.values.count < GraphBuilder.valueLimit else {
      throw DescriptionError(
        StepProblem.tooManyValues(limit: GraphBuilder.valueLimit), at: step.keyRange)
    }
    do {
      return try builder.apply(operation, to: operands, in: path(), by: step)
    } catch let error as ShapeError {
      if let node = blamed(by: error) {
        throw DescriptionError(
          StepProblem.shapes(error), at: node.range, note: scope.note(on: [node]))
      }
      throw DescriptionError(
        StepProblem.shapes(error), at: step.fromRange, note: builder.note(on: operands, of: self))
    }
  }

  /// The attribute whose value is wrong; nil where it is no attribute's fault.
  private func blamed(by error: ShapeError) -> DocumentNode? {
    let name: String? =
      switch error.reason {
      case .noRow: EmbeddingStep.padding.name
      case .indivisible(_, _, .heads): AttentionStep.heads.name
      case .indivisible(_, _, .keyValueHeads): AttentionStep.keyValueHeads.name
      case .indivisible(_, _, .headEntries): RotaryStep.headSize.name
      case .indivisible(_, _, .rotatedHalves): RotaryStep.rotarySize.name
      case .indivisible(_, _, .normalizedEntries): RMSNormStep.size.name
      case .indivisible(_, _, .groups): SplitStep.groups.name
      case .indivisible(_, _, .channelGroups): GroupNormStep.groups.name
      case .indivisible(_, _, .parts): SplitStep.parts.name
      case .window: Conv2DStep.kernel.name
      case .tooLarge("the padding", _, _): "padding"
      default: nil
      }
    return name.flatMap { step.attributes[$0] }
  }

  /// A parameter of the step's module, or of the one given.
  func parameter(
    _ name: String, _ shape: [Int], inModule module: String? = nil
  ) throws -> Value.ID {
    let path = try module ?? path()
    let full = path.isEmpty ? name : "\(path).\(name)"
    if let again = scope.again, let known = try parameter(full, shape, of: again) { return known }
    let value = try adding(full) {
      try builder.graph.addParameter(Parameter(name: full, shape: shape))
    }
    builder.setOrigin(step.keyRange, of: value)
    return value
  }

  /// A buffer of the step's module: read from files as parameters are, but none of them.
  func buffer(
    _ name: String, _ shape: [Int], initially initial: InitialValue
  ) throws -> Value.ID {
    let full = "\(try path()).\(name)"
    if let again = scope.again, let known = try parameter(full, shape, of: again) { return known }
    return try adding(full) {
      try builder.graph.addBuffer(full, shape: shape, initial: initial)
    }
  }

  private func adding(_ full: String, _ body: () throws -> Value.ID) throws -> Value.ID {
    do { return try body() } catch let error as SizeOverflow {
      throw DescriptionError(StepProblem.overflow(error), at: step.keyRange, note: dimensionNote)
    } catch let error as GraphError {
      if case .duplicateParameter = error, let range = scope.unnamedRepeat {
        throw DescriptionError(StepProblem.unnamedRepeat(parameter: full), at: range)
      }
      throw DescriptionError(StepProblem.graph(error), at: step.keyRange)
    }
  }

  /// A parameter that is there already, where the module takes part again.
  private func parameter(_ name: String, _ shape: [Int], of again: Again) throws -> Value.ID? {
    guard let id = builder.graph.parameter(named: name), let value = builder.graph.value(of: id)
    else { return nil }
    let found = builder.graph[id].shape
    guard found == shape else {
      throw DescriptionError(
        StepProblem.usedWithOtherShape(name: name, found: found, needed: shape, isUse: again.isUse),
        at: again.range,
        note: builder.origin(of: value).map { "it was made in line \($0.start.line)" })
    }
    return value
  }

  /// A parameter of the step's module: its own, or another module's where the attribute names one.
  func parameter(
    _ ownName: String, _ shape: [Int], sharedBy attribute: Attribute<String>
  ) throws -> Value.ID {
    guard let node = step.attributes[attribute.name], let name = try optional(attribute) else {
      return try parameter(ownName, shape)
    }
    guard let id = builder.graph.parameter(named: name), builder.graph[id].role == .base,
      let value = builder.graph.value(of: id)
    else {
      let known = builder.graph.parameters.filter { $0.role == .base }.map(\.name)
      throw DescriptionError(StepProblem.unknownParameter(name, known: known), at: node.range)
    }
    let found = builder.graph[id].shape
    guard found == shape else {
      throw DescriptionError(
        StepProblem.sharedShape(name: name, found: found, needed: shape), at: node.range)
    }
    do {
      try builder.graph.share(id, as: ownName, in: path())
    } catch let error as GraphError {
      throw DescriptionError(StepProblem.graph(error), at: node.range)
    }
    return value
  }

  /// The dimensions that the step's attributes read, with their values and where they were set.
  var dimensionNote: String? { scope.note(on: step.attributes.values.map { $0 }) }
}
