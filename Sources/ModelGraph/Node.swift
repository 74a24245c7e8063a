extension Graph {
  /// One application of an operator, on behalf of a module.
  public struct Node: Sendable {
    package let operation: any Operator
    /// What the operator reads: inputs first, then weights.
    public let operands: [Value.ID]
    public let results: [Value.ID]
    /// The path of the module this is part of; empty at the root.
    public let module: String

    package init(
      operation: any Operator, operands: [Value.ID], results: [Value.ID], module: String
    ) {
      self.operation = operation
      self.operands = operands
      self.results = results
      self.module = module
    }
  }
}

extension Graph.Node: Equatable {
  public static func == (a: Self, b: Self) -> Bool {
    a.operands == b.operands && a.results == b.results && a.module == b.module
      && AnyHashable(a.operation) == AnyHashable(b.operation)
  }
}

extension Graph {
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
}

// The parts of a graph under their short names; outside they have the graph's name before them, for
// programs have values and modules of their own.
package typealias Node = Graph.Node
package typealias Value = Graph.Value
package typealias Module = Graph.Module
