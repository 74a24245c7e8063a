/// A graph as plain data for other programs: all that is needed to draw, count or check it.
///
/// Values are numbered: an operation's `operands` are the numbers that inputs, parameters and the
/// results of earlier operations bear. A size is a number where it is known, otherwise its name.
public struct GraphDocument: Hashable, Sendable {
  public struct Input: Hashable, Sendable {
    public let name: String
    public let value: Int
    public let element: String
    public let shape: Shape
    /// Whether the caller may leave it out.
    public let optional: Bool
  }

  public struct Output: Hashable, Sendable {
    public let name: String
    /// The number of the value that is given back.
    public let value: Int
  }

  /// A named part of the model; its parameters are those whose names begin with its path.
  public struct Module: Hashable, Sendable {
    public let path: String
    /// PyTorch's name of its class, such as `Linear`.
    public let kind: String
  }

  public struct Parameter: Hashable, Sendable {
    public enum Role: String, Hashable, Sendable {
      /// Part of the model as it was described.
      case base
      /// A buffer of the model, such as running statistics: no parameter.
      case buffer
      /// Trained by the adapter.
      case trained
      /// A frozen basis of the adapter.
      case frozenBasis
    }

    public let name: String
    public let value: Int
    public let shape: [Int]
    public let element: String
    public let role: Role
    /// The adapter it belongs to; left out for the model's own parameters.
    public let adapter: String?
    /// The number of entries.
    public let count: Int
    /// The names that other modules have for it, as tied embeddings do.
    public let sharedAs: [String]
  }

  public struct Operation: Hashable, Sendable {
    /// The operator's name, such as `layer_norm`.
    public let `operator`: String
    /// Its settings, as text.
    public let attributes: [String: String]
    /// The path of the module it is part of; empty at the root.
    public let module: String
    public let operands: [Int]
    public let results: [Result]
  }

  public struct Result: Hashable, Sendable {
    public let value: Int
    public let element: String
    public let shape: Shape
  }

  public let name: String
  /// The `model_type` of its Hugging Face configuration; left out where there is none.
  public let modelType: String?
  public let inputs: [Input]
  public let outputs: [Output]
  /// All modules but the root, parents before children, in registration order.
  public let modules: [Module]
  /// In the order of `named_parameters()`.
  public let parameters: [Parameter]
  /// In an order in which they can be computed.
  public let operations: [Operation]
}

extension GraphDocument {
  public init(_ graph: Graph) {
    name = graph.name
    modelType = graph.origin.modelType
    inputs = graph.inputs.map {
      let type = graph[$0.value].type
      return Input(
        name: $0.name, value: $0.value.index, element: type.element.rawValue, shape: type.shape,
        optional: $0.isOptional)
    }
    outputs = graph.outputs.map { Output(name: $0.name, value: $0.value.index) }
    modules = graph.modules.modules.map { Module(path: $0.path, kind: $0.kind.description) }
    let aliases = GraphDocument.aliases(in: graph)
    parameters = (Array(graph.modules.parameters) + graph.buffers).compactMap { id in
      graph.value(of: id).map {
        Parameter(graph[id], value: $0.index, sharedAs: aliases[id] ?? [])
      }
    }
    operations = graph.nodes.map { node in
      Operation(
        operator: node.operation.name,
        attributes: Dictionary(
          node.operation.attributes.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }),
        module: node.module, operands: node.operands.map(\.index),
        results: node.results.map {
          let type = graph[$0].type
          return Result(value: $0.index, element: type.element.rawValue, shape: type.shape)
        })
    }
  }

  /// The names under which modules use parameters of other modules.
  private static func aliases(in graph: Graph) -> [ModelGraph.Parameter.ID: [String]] {
    var aliases: [ModelGraph.Parameter.ID: [String]] = [:]
    for (name, id) in graph.modules.namedParameters(within: "") where graph[id].name != name {
      aliases[id, default: []].append(name)
    }
    return aliases
  }
}

extension GraphDocument.Parameter {
  fileprivate init(_ parameter: ModelGraph.Parameter, value: Int, sharedAs: [String]) {
    name = parameter.name
    self.value = value
    shape = parameter.shape
    element = parameter.element.rawValue
    role =
      switch parameter.role {
      case .base: .base
      case .buffer: .buffer
      case .adapter: .trained
      case .frozenBasis: .frozenBasis
      }
    adapter = parameter.role.adapterName
    count = parameter.count
    self.sharedAs = sharedAs
  }
}
