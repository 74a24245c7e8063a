import ModelGraph

/// What a classifier's last layer computes for positions that nothing reads is left out: where all that reads a
/// value takes one position of it, that position is taken before the value is computed.
extension Graph {
  /// This graph with single positions taken as early as that can be.
  /// - Parameter wanted: The outputs that count.
  func takingTokensEarly(wanted: [Graph.Output]) throws -> Graph {
    let reads = valuesReadAtOnePosition(wanted: wanted)
    guard !reads.isEmpty else { return self }
    var short: Set<Value.ID> = []
    var known: [Value.ID: [TakenPosition: Value.ID]] = [:]
    return try rewriting { node, graph in
      if node.operation is TakeToken, short.contains(node.operands[0]) {
        return try graph.apply(TakeToken(.at(0)), to: [node.operands[0]], in: node.module)
      }
      guard let read = reads[node.results[0]] else { return nil }
      var operands = node.operands
      for index in read.operands where !short.contains(operands[index]) {
        let whole = operands[index]
        let part =
          try known[whole]?[read.position]
          ?? read.position.taken(from: whole, in: &graph, node.module)
        known[whole, default: [:]][read.position] = part
        operands[index] = part
      }
      let results = try graph.apply(node.operation, to: operands, in: node.module)
      short.formUnion(results)
      return results
    }
  }

  /// The values of which one position alone is read, whatever is made of it, and which can be computed for that
  /// position alone.
  private func valuesReadAtOnePosition(wanted: [Graph.Output]) -> [Value.ID: PositionRead] {
    let kept = Set(wanted.map(\.value))
    let needed = values(neededFor: wanted.map(\.value))
    let readers = readers.mapValues { nodes in
      nodes.filter { $0.results.contains(where: needed.contains) }
    }
    var reads: [Value.ID: PositionRead] = [:]
    for node in nodes.reversed() {
      let value = node.results[0]
      guard node.results.count == 1, !kept.contains(value),
        let operation = node.operation as? any PositionwiseOperator,
        let operands = operation.positionwiseOperands(of: node.operands.map { self[$0].type })
      else { continue }
      let positions = Set(
        (readers[value] ?? []).map { position(at: value, readBy: $0, knowing: reads) })
      guard positions.count == 1, let position = positions.first, let position else { continue }
      reads[value] = PositionRead(position: position, operands: operands)
    }
    return reads
  }

  /// The only position of a value that a node reads; nil where it reads others.
  private func position(
    at value: Value.ID, readBy reader: Node, knowing reads: [Value.ID: PositionRead]
  ) -> TakenPosition? {
    let places = reader.operands.indices.filter { reader.operands[$0] == value }
    if let take = reader.operation as? TakeToken {
      return places == [0]
        ? TakenPosition(take, tokens: reader.operands.dropFirst().first, in: self) : nil
    }
    guard let read = reads[reader.results[0]], places.allSatisfy(read.operands.contains) else {
      return nil
    }
    return read.position
  }
}

/// How a value is read at one position.
private struct PositionRead {
  let position: TakenPosition
  /// The operands that the value is computed from at that position alone.
  let operands: [Int]
}

/// A position of every row of a batch.
private struct TakenPosition: Hashable {
  let position: TakeToken.Position
  /// The input of tokens that it depends on.
  let tokens: String?

  /// Nil where it depends on tokens that are computed.
  init?(_ take: TakeToken, tokens: Value.ID?, in graph: Graph) {
    position = take.position
    let input = graph.inputs.first { $0.value == tokens }
    guard tokens == nil || input != nil else { return nil }
    self.tokens = input?.name
  }

  func taken(
    from whole: Value.ID, in graph: inout Graph, _ module: String
  ) throws -> Value.ID {
    let tokens = graph.inputs.filter { $0.name == self.tokens }.map(\.value)
    return try graph.apply(
      TakeToken(position, keepsAxis: true), to: [whole] + tokens, in: module)[0]
  }
}
