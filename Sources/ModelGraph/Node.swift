/// One application of an operator, on behalf of a module.
public struct Node: Sendable {
  public let operation: any Operator
  /// What the operator reads: inputs first, then weights.
  public let operands: [Value.ID]
  public let results: [Value.ID]
  /// The path of the module this is part of; empty at the root.
  public let module: String

  public init(
    operation: any Operator, operands: [Value.ID], results: [Value.ID], module: String
  ) {
    self.operation = operation
    self.operands = operands
    self.results = results
    self.module = module
  }
}

extension Node: Equatable {
  public static func == (a: Node, b: Node) -> Bool {
    a.operands == b.operands && a.results == b.results && a.module == b.module
      && AnyHashable(a.operation) == AnyHashable(b.operation)
  }
}

/// Something that is computed, provided or stored: an edge of the graph.
public struct Value: Hashable, Sendable {
  /// An index into `Graph.values`.
  public struct ID: Hashable, Sendable {
    public let index: Int
  }

  public enum Source: Hashable, Sendable {
    /// The input of that index.
    case input(Int)
    case parameter(Parameter.ID)
    /// One of the results of the node of that index.
    case node(Int, result: Int)
  }

  public let type: ValueType
  public let source: Source
}
