/// An operator that zeroes entries at random in training.
package protocol DroppingOperator: Operator {
  /// The dropout rate.
  var dropoutRate: Double { get }
  /// Its stream of random numbers; by its place in the graph where nil.
  var stream: Int? { get }
  /// The same operator with another rate and stream.
  func dropping(rate: Double, stream: Int?) -> Self
}

extension Graph {
  /// This graph in which every dropout has a stream of random numbers of its own, which its gradient
  /// draws again.
  package func numberingDropout() throws -> Graph {
    var count = 0
    return try changingDropout { rate in
      count += 1
      return (rate, count)
    }
  }

  /// This graph with one rate for all dropouts.
  package func dropping(rate: Double) throws -> Graph {
    try changingDropout { _ in (rate, nil) }
  }

  private func changingDropout(
    _ change: (_ rate: Double) -> (rate: Double, stream: Int?)
  ) throws -> Graph {
    try rewriting { node, graph in
      guard let operation = node.operation as? any DroppingOperator else { return nil }
      let (rate, stream) = change(operation.dropoutRate)
      let changed: any Operator = operation.dropping(rate: rate, stream: stream)
      return try graph.apply(changed, to: node.operands, in: node.module)
    }
  }
}
