/// A network as a list of operations on values: shapes, names and rules, never weights.
///
/// Nodes stand in an order in which they can be computed. A graph is a value: a rewrite returns
/// another one and leaves the first as it was.
public struct Graph: Sendable {
  /// What the model is called, such as `gpt2`.
  public var name: String
  /// Where the model comes from, as far as tuners need to know.
  public var origin: Origin
  public internal(set) var inputs: [Input] = []
  public private(set) var parameters: [Parameter] = []
  public internal(set) var values: [Value] = []
  public internal(set) var nodes: [Node] = []
  public internal(set) var outputs: [Output] = []
  /// The named parts of the model.
  public private(set) var modules = ModuleTree()
  /// Entries of all parameters that modules have; a shared one counts once.
  public private(set) var entryCount = 0
  /// The most entries that its parameters may have.
  package static let mostEntries = 1 << 53
  private var parameterIDs: [String: Parameter.ID] = [:]
  private var parameterValues: [Parameter.ID: Value.ID] = [:]

  package init(name: String, origin: Origin = Origin()) {
    self.name = name
    self.origin = origin
  }

  /// What Hugging Face knows of a model beyond its computation.
  public struct Origin: Hashable, Sendable {
    /// The `model_type` of its configuration, such as `llama`. It selects default targets.
    public var modelType: String?
    /// The module that computes the logits; `all-linear` leaves it out.
    public var outputEmbedding: String?
    /// The ranges of layers that adapters' `layer_replication` made this model's layers of; nil where
    /// they are the base model's.
    public var layerReplication: [Range<Int>]?
    /// The paths of modules by those that they had in earlier releases of transformers.
    package var formerModules: [String: String] = [:]

    public init(modelType: String? = nil, outputEmbedding: String? = nil) {
      self.modelType = modelType
      self.outputEmbedding = outputEmbedding
    }
  }

  /// A value that the caller provides.
  public struct Input: Hashable, Sendable {
    public let name: String
    public let value: Value.ID
    /// Whether the caller may leave it out; a mask is then all ones, tokens are all 0.
    public let isOptional: Bool
  }

  /// A value that the caller gets back.
  public struct Output: Hashable, Sendable {
    public let name: String
    public let value: Value.ID
  }

  public subscript(id: Value.ID) -> Value { values[id.index] }
  public subscript(id: Parameter.ID) -> Parameter { parameters[id.index] }

  /// The parameter of that name, where there is one.
  public func parameter(named name: String) -> Parameter.ID? { parameterIDs[name] }

  /// The value that reads a parameter.
  public func value(of parameter: Parameter.ID) -> Value.ID? { parameterValues[parameter] }

  /// The parameter that a value reads, where it is one.
  public func parameter(readBy value: Value.ID) -> Parameter.ID? {
    if case .parameter(let id) = self[value].source { id } else { nil }
  }
}

// MARK: - Building

extension Graph {
  package mutating func addInput(
    _ name: String, type: ValueType, isOptional: Bool = false
  ) -> Value.ID {
    let value = add(Value(type: type, source: .input(inputs.count)))
    inputs.append(Input(name: name, value: value, isOptional: isOptional))
    return value
  }

  package mutating func addOutput(_ name: String, _ value: Value.ID) {
    outputs.append(Output(name: name, value: value))
  }

  /// Adds a parameter to the module that its name begins with.
  /// - Throws: `GraphError.duplicateParameter`, `.negativeSize`, or `.tooManyParameters` beyond 2⁵³
  ///   entries in all, so that sums over a graph's parameters cannot overflow.
  package mutating func addParameter(_ parameter: Parameter) throws(GraphError) -> Value.ID {
    let (path, name) = Graph.split(parameter.name)
    return try addParameter(parameter, as: name, in: path)
  }

  /// Adds a buffer, which is no module's parameter.
  /// - Throws: `GraphError` as for a parameter; `SizeOverflow`.
  package mutating func addBuffer(
    _ name: String, shape: [Int], initial: InitialValue
  ) throws -> Value.ID {
    let buffer = try Parameter(name: name, shape: shape, initial: initial, role: .buffer)
    guard parameterIDs[name] == nil, parameter(calledByModule: name) == nil else {
      throw GraphError.duplicateParameter(name)
    }
    guard buffer.count <= Graph.mostEntries else {
      throw GraphError.tooManyParameters(limit: Graph.mostEntries)
    }
    return insert(buffer)
  }

  /// Adds a parameter to no module, and a value that reads it.
  private mutating func insert(_ parameter: Parameter) -> Value.ID {
    let id = Parameter.ID(index: parameters.count)
    parameters.append(parameter)
    parameterIDs[parameter.name] = id
    let value = add(Value(type: ValueType(Shape(parameter.shape)), source: .parameter(id)))
    parameterValues[id] = value
    return value
  }

  /// The buffers, in the order in which they were added.
  package var buffers: [Parameter.ID] {
    parameters.indices.filter { parameters[$0].role == .buffer }.map(Parameter.ID.init)
  }

  private mutating func addParameter(
    _ parameter: Parameter, as name: String, in path: String
  ) throws(GraphError) -> Value.ID {
    guard parameterIDs[parameter.name] == nil, modules.ownParameters(of: path)[name] == nil else {
      throw .duplicateParameter(parameter.name)
    }
    guard parameter.shape.allSatisfy({ $0 >= 0 }) else {
      throw .negativeSize(parameter: parameter.name, shape: parameter.shape)
    }
    let (total, overflow) = entryCount.addingReportingOverflow(parameter.count)
    guard !overflow, total <= Graph.mostEntries else {
      throw .tooManyParameters(limit: Graph.mostEntries)
    }
    entryCount = total
    modules.insert(Parameter.ID(index: parameters.count), named: name, in: path)
    return insert(parameter)
  }

  /// Lets a module use a parameter that belongs to another one, as tied embeddings do.
  /// - Throws: `GraphError.duplicateParameter` where the module has another one of that name.
  package mutating func share(
    _ parameter: Parameter.ID, as name: String, in path: String
  ) throws(GraphError) {
    if let taken = modules.ownParameters(of: path)[name], taken != parameter {
      throw .duplicateParameter(path.isEmpty ? name : "\(path).\(name)")
    }
    modules.insert(parameter, named: name, in: path)
  }

  /// Names a module ahead of, or without, the nodes that compute it.
  package mutating func declareModule(_ path: String, kind: Module.Kind = .container) {
    modules.insert(path, kind: kind)
  }

  /// Takes a place in the modules' order for one that may be declared later.
  package mutating func reserveModule(_ path: String) { modules.reserve(path) }

  /// Applies an operator and returns the values it makes.
  /// - Throws: `ShapeError` where the operands do not fit.
  @discardableResult
  package mutating func apply<Operation: Operator>(
    _ operation: Operation, to operands: [Value.ID], in module: String = ""
  ) throws(ShapeError) -> [Value.ID] {
    let types = try operation.results(of: operands.map { values[$0.index].type })
    let node = nodes.count
    let results = types.enumerated().map { index, type in
      add(Value(type: type, source: .node(node, result: index)))
    }
    nodes.append(
      Node(operation: operation, operands: operands, results: results, module: module))
    return results
  }

  /// The value of a module's own parameter in place of one that it shared.
  mutating func giveOwnParameter(
    like shared: Parameter.ID, as name: String, in path: String
  ) throws -> Value.ID {
    let old = self[shared]
    let full = path.isEmpty ? name : "\(path).\(name)"
    var free = full
    while parameterIDs[free] != nil { free += "_own" }
    modules.remove(named: name, from: path)
    return try addParameter(
      Parameter(
        name: free, shape: old.shape, element: old.element, initial: .copy(of: old.name),
        role: old.role), as: name, in: path)
  }

  /// Adds another graph's node with the types that it has there, for operands of the same types.
  mutating func copy(
    _ node: Node, of other: Graph, reading operands: [Value.ID], in module: String
  ) -> [Value.ID] {
    let index = nodes.count
    let results = node.results.enumerated().map { number, result in
      add(Value(type: other[result].type, source: .node(index, result: number)))
    }
    nodes.append(
      Node(operation: node.operation, operands: operands, results: results, module: module))
    return results
  }

  /// Puts other modules in place of these. Parameters that none of them has count no longer.
  mutating func replaceModules(by tree: ModuleTree) {
    modules = tree
    entryCount = tree.parameters.reduce(0) { $0 + self[$1].count }
  }

  mutating func change(_ parameter: Parameter.ID, _ change: (inout Parameter) -> Void) {
    change(&parameters[parameter.index])
  }

  /// Takes over another graph's inputs, parameters and modules.
  /// - Returns: For each of the other's values, its id here, where it was taken over.
  @discardableResult
  mutating func takeOver(_ other: Graph) -> [Value.ID?] {
    var translated = [Value.ID?](repeating: nil, count: other.values.count)
    for input in other.inputs {
      let type = other[input.value].type
      translated[input.value.index] = addInput(
        input.name, type: type, isOptional: input.isOptional)
    }
    parameters = other.parameters
    parameterIDs = other.parameterIDs
    entryCount = other.entryCount
    modules = other.modules
    for (id, value) in other.parameterValues.sorted(by: { $0.key.index < $1.key.index }) {
      let moved = add(other[value])
      parameterValues[id] = moved
      translated[value.index] = moved
    }
    return translated
  }

  private mutating func add(_ value: Value) -> Value.ID {
    values.append(value)
    return Value.ID(index: values.count - 1)
  }

  /// The parameter that a module has under that name, which for a shared one need not be its own:
  /// `lm_head.weight`.
  package func parameter(calledByModule name: String) -> Parameter.ID? {
    let (path, own) = Graph.split(name)
    return modules.ownParameters(of: path)[own]
  }

  /// A full name as the path of its module and the name within it.
  package static func split(_ name: String) -> (path: String, name: String) {
    guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return ("", name) }
    return (String(name[..<dot]), String(name[name.utf8.index(after: dot)...]))
  }
}
