extension Graph {
  /// This graph in which every dropout has a stream of random numbers of its own, which its gradient
  /// draws again.
  public func numberingDropout() throws -> Graph {
    var count = 0
    return try changingDropout { rate in
      count += 1
      return (rate, count)
    }
  }

  /// This graph with one rate for all dropouts.
  public func dropping(rate: Double) throws -> Graph {
    try changingDropout { _ in (rate, nil) }
  }

  private func changingDropout(
    _ change: (_ rate: Double) -> (rate: Double, stream: Int?)
  ) throws -> Graph {
    try rewriting { node, graph in
      let operation: any Operator
      switch node.operation {
      case let dropout as Dropout:
        let (rate, stream) = change(dropout.rate)
        operation = Dropout(rate: rate, stream: stream)
      case let attention as Attention:
        let (rate, stream) = change(attention.dropout)
        operation = attention.dropping(rate: rate, stream: stream)
      default: return nil
      }
      return try graph.apply(operation, to: node.operands, in: node.module)
    }
  }
}
