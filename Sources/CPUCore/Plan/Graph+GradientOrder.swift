import ModelGraph

/// The gradient of a factor of an update `P · Q` is a product of three: `Pᵀ · (dyᵀ · x)` in the order of
/// differentiation, where the gradient of the whole weight comes first. `(dy · P)ᵀ · x` gives the same numbers
/// without it, and is cheaper where the shared size is small beside the weight's.
extension Graph {
  /// This graph with the gradients of factors in the order that takes fewer operations.
  /// - Parameter planned: Gets a line for every gradient that there is a choice about.
  func orderingGradients(
    sizes: InputSizes, precision: Precision, noting planned: inout [PlannedGradients]
  ) throws -> Graph {
    let orders = try cheaperOrders(sizes: sizes, precision, noting: &planned)
    guard !orders.isEmpty else { return self }
    var rows: [Value.ID: [Value.ID]] = [:]
    return try rewriting { node, graph in
      if node.operation is LinearWeightGradient { rows[node.results[0]] = node.operands }
      guard let order = orders[node.results[0]], let operands = rows[order.gradient] else {
        return nil
      }
      return [try order.apply(to: operands, node, in: &graph)]
    }
  }

  /// For the products of whole gradients that are better computed without them.
  private func cheaperOrders(
    sizes: InputSizes, _ precision: Precision, noting planned: inout [PlannedGradients]
  ) throws -> [Value.ID: GradientOrder] {
    let readers = readers
    let kept = Set(outputs.map(\.value))
    var orders: [Value.ID: GradientOrder] = [:]
    for node in nodes {
      guard let gradient = node.operation as? LinearWeightGradient else { continue }
      let whole = WeightGradientReaders(
        of: node.results[0], swapsFactors: gradient.layout == .outIn, readers: readers, kept: kept)
      guard let whole, !whole.orders.isEmpty,
        whole.orders.values.allSatisfy({ self[$0.factor].type.shape.rank == 2 })
      else { continue }
      let shape = self[node.results[0]].type.shape.dimensions.compactMap(\.size)
      let x = try sizes.concrete(self[node.operands[0]].type.shape)
      let (rows, entries) = (Double(x.dropLast().reduce(1, *)), Double(shape.reduce(1, *)))
      var (thin, all) = (0.0, 2 * entries * rows)
      for order in whole.orders.values {
        let sizes = order.sizes(in: self)
        let (depth, shared) = (Double(sizes.depth), Double(sizes.shared))
        let share = productShare(of: order.factor, precision)
        thin += 2 * rows * depth * (shared * share + Double(shape.reduce(0, +)) - shared)
        all += 2 * entries * depth * share
      }
      planned.append(
        PlannedGradients(
          module: node.module, isThin: thin < all, thinOperations: thin, wholeOperations: all))
      guard thin < all else { continue }
      orders.merge(whole.orders) { first, _ in first }
    }
    return orders
  }
}

/// The products that read the gradient of a whole weight, by their results.
private struct WeightGradientReaders {
  private(set) var orders: [Value.ID: GradientOrder] = [:]

  /// Nil where something else reads it.
  init?(
    of gradient: Value.ID, swapsFactors: Bool, readers: [Value.ID: [Node]], kept: Set<Value.ID>
  ) {
    var open = [(value: gradient, isTransposed: swapsFactors, scale: 1.0)]
    while let next = open.popLast() {
      guard !kept.contains(next.value) else { return nil }
      for node in readers[next.value] ?? [] {
        switch node.operation {
        case let scale as Scale:
          open.append((node.results[0], next.isTransposed, next.scale * scale.factor))
        case let permute as Permute where permute.order == [1, 0]:
          open.append((node.results[0], !next.isTransposed, next.scale))
        case let product as MatrixProduct where node.operands[0] != node.operands[1]:
          let isFirst = node.operands[0] == next.value
          let isTransposed =
            next.isTransposed != (isFirst ? product.transposesFirst : product.transposesSecond)
          orders[node.results[0]] = GradientOrder(
            gradient: gradient, isFirst: isFirst, isTransposed: isTransposed, scale: next.scale,
            factor: node.operands[isFirst ? 1 : 0],
            transposesFactor: isFirst ? product.transposesSecond : product.transposesFirst)
        default: return nil
        }
      }
    }
  }
}

/// How the product of a weight's gradient `xᵀ · dy` and a factor is computed without that gradient.
private struct GradientOrder {
  /// The gradient of the whole weight.
  let gradient: Value.ID
  /// Whether that gradient is the product's first operand.
  let isFirst: Bool
  /// Whether it is `dyᵀ · x` in the product.
  let isTransposed: Bool
  let scale: Double
  /// The other operand.
  let factor: Value.ID
  let transposesFactor: Bool

  /// The size of the product's result that is not the weight's, and the one that is summed over.
  func sizes(in graph: Graph) -> (depth: Int, shared: Int) {
    let shape = graph[factor].type.shape.dimensions.compactMap(\.size)
    return isFirst == transposesFactor ? (shape[0], shape[1]) : (shape[1], shape[0])
  }

  /// - Parameter rows: The layer's inputs `x` and the gradients `dy` of its outputs.
  func apply(to rows: [Value.ID], _ node: Node, in graph: inout Graph) throws -> Value.ID {
    let (left, right) = isTransposed ? (rows[1], rows[0]) : (rows[0], rows[1])
    let factor = node.operands[isFirst ? 1 : 0]
    let layout: Linear.Layout = isFirst == transposesFactor ? .outIn : .inOut
    func apply(_ operation: some Operator, _ operands: Value.ID...) throws -> Value.ID {
      try graph.apply(operation, to: operands, in: node.module)[0]
    }
    let thin = try apply(Linear(layout: layout), isFirst ? right : left, factor)
    let result =
      try isFirst
      ? apply(LinearWeightGradient(layout: .inOut), left, thin)
      : apply(LinearWeightGradient(layout: .inOut), thin, right)
    return scale == 1 ? result : try apply(Scale(by: scale), result)
  }
}
