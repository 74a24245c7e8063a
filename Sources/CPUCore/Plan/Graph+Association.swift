import ModelGraph
import PeftBasics

/// A layer with an updated weight is `x · (W + s · P · Q)ᵀ`. There are two orders to multiply in: add
/// the update to the weight, or carry two thin products beside it. Which is cheaper depends on the
/// number of rows and on the depth of `P · Q`. A layer whose weight is an update alone (the branch of
/// an adapter with dropout) has the same choice, and so has an embedding.
protocol AssociatedOperator: WeightReading {
  /// What computes a node with the update of its weight beside the weight; nil where it is better added,
  /// or none. For operators that have no such form it is always added.
  /// - Parameter updates: Gets a line where there is a choice.
  func besideWeight(
    _ node: Node, in graph: inout Graph, use: GraphUse, noting updates: inout [PlannedUpdate]
  ) throws -> [Value.ID]?
}

/// What a graph is planned for.
struct GraphUse {
  let sizes: InputSizes
  /// Whether gradients of adapters will be computed, too.
  let isTraining: Bool
  let precision: Precision
  /// How many runs follow each other with the same parameters, so that one sum of weights does for all.
  var runs = 1
  /// Whether every update is multiplied in the order that is not chosen, to see what that would take.
  var reversesUpdates = false
}

extension Graph {
  /// This graph with updates carried beside their weights where that is cheaper.
  /// - Parameters:
  ///   - use: What the graph will be run for.
  ///   - updates: Gets a line for every update that there is a choice about.
  func associated(
    for use: GraphUse, noting updates: inout [PlannedUpdate]
  ) throws -> Graph {
    var uses: [Value.ID: Int] = [:]
    for operand in nodes.flatMap(\.operands) { uses[operand, default: 0] += 1 }
    let shared = Set(
      nodes.filter { node in
        (node.operation as? any WeightReading).map { reading in
          node.operands.indices.contains(reading.weightPosition)
            && uses[node.operands[reading.weightPosition]] != 1
        } ?? false
      }.compactMap(\.results.first))
    return try rewriting { node, graph in
      guard !shared.contains(node.results[0]),
        let operation = node.operation as? any AssociatedOperator
      else { return nil }
      return try operation.besideWeight(node, in: &graph, use: use, noting: &updates)
    }
  }
}

extension Linear: AssociatedOperator {
  /// The layer with its update beside its weight; nil where it is better added, or none.
  func besideWeight(
    _ node: Node, in graph: inout Graph, use: GraphUse, noting updates: inout [PlannedUpdate]
  ) throws -> [Value.ID]? {
    guard let update = UpdateProduct(node.operands[1], in: graph),
      update.weight != nil || node.operands.count == 2
    else { return nil }
    let x = try use.sizes.concrete(graph[node.operands[0]].type.shape)
    let isFlipped = (layout == .outIn) != update.isTransposed
    // The cost calls the factor that is as wide as the outputs p.
    let shares = update.shares(in: graph, use.precision)
    let trained = update.trainedFactors(in: graph)
    let cost = AssociationCost(
      rows: (try? x.dropLast().checkedProduct()) ?? .max, inputs: x.last ?? 1,
      outputs: update.shape[layout == .outIn ? 0 : 1], depth: update.depth,
      weight: update.weight.map { graph[$0].element(in: graph) }, precision: use.precision,
      runs: use.runs,
      trainedFactors: use.isTraining ? (isFlipped ? trained : (trained.q, trained.p)) : nil,
      shares: isFlipped ? shares : (shares.q, shares.p))
    let planned = PlannedUpdate(
      module: node.module, rows: cost.rows, depth: cost.depth,
      isBeside: cost.isCheaperBeside, costs: cost.costs)
    updates.append(planned)
    guard planned.isBeside != use.reversesUpdates else { return nil }
    // With a weight [out, in] both factors are read transposed, the last one first.
    let (first, second) = isFlipped ? (update.q, update.p) : (update.p, update.q)
    func apply(_ operation: some Operator, _ operands: Value.ID...) throws -> Value.ID {
      try graph.apply(operation, to: operands, in: node.module)[0]
    }
    var thin = try apply(
      Linear(layout: first.layout(isFlipped: isFlipped)), node.operands[0],
      first.value)
    for factor in update.scales { thin = try apply(Scale(by: factor), thin) }
    let result = try apply(
      Linear(layout: second.layout(isFlipped: isFlipped)), thin, second.value)
    guard let weight = update.weight else { return [result] }
    var operands = node.operands
    operands[1] = weight
    // Another adapter's update may be in the weight still.
    let inner = Node(
      operation: self, operands: operands, results: node.results, module: node.module)
    let base =
      try besideWeight(inner, in: &graph, use: use, noting: &updates)
      ?? graph.apply(self, to: operands, in: node.module)
    return [try apply(Add(), base[0], result)]
  }
}

extension Embedding: AssociatedOperator {
  /// The rows with their update's rows added; nil where there is no update, or more rows than the
  /// table has.
  func besideWeight(
    _ node: Node, in graph: inout Graph, use: GraphUse, noting updates: inout [PlannedUpdate]
  ) throws -> [Value.ID]? {
    guard let update = UpdateProduct(node.operands[1], in: graph) else { return nil }
    let indices = try use.sizes.concrete(graph[node.operands[0]].type.shape)
    let rows = (try? indices.checkedProduct()) ?? .max
    let planned = PlannedUpdate(
      module: node.module, rows: rows, depth: update.depth, isBeside: rows < update.shape[0],
      costs: nil)
    updates.append(planned)
    guard planned.isBeside != use.reversesUpdates else { return nil }
    func apply(_ operation: some Operator, _ operands: Value.ID...) throws -> Value.ID {
      try graph.apply(operation, to: operands, in: node.module)[0]
    }
    let (table, second) = update.isTransposed ? (update.q, update.p) : (update.p, update.q)
    let isUpright = table.isTransposed == update.isTransposed
    let upright = try isUpright ? table.value : apply(Permute([1, 0]), table.value)
    var thin = try apply(Embedding(), node.operands[0], upright)
    for factor in update.scales { thin = try apply(Scale(by: factor), thin) }
    let result = try apply(
      Linear(layout: second.layout(isFlipped: update.isTransposed)), thin,
      second.value)
    guard let weight = update.weight else { return [result] }
    return [try apply(Add(), apply(self, node.operands[0], weight), result)]
  }
}
