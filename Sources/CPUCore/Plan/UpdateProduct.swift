import ModelGraph

/// An update that is a product, perhaps scaled and transposed, and the weight that it is added to.
struct UpdateProduct {
  struct Factor {
    let value: Value.ID
    let isTransposed: Bool

    /// How a layer has to read the factor as its weight, where the whole product is read transposed or not.
    func layout(isFlipped: Bool) -> Linear.Layout { isTransposed == isFlipped ? .inOut : .outIn }
  }

  let p: Factor
  let q: Factor
  /// The weight that is added; nil for the update alone.
  let weight: Value.ID?
  /// Whether `P · Q` is read transposed.
  let isTransposed: Bool
  let scales: [Double]
  /// The size that P and Q share.
  let depth: Int
  /// The shape of the update as it is added.
  let shape: [Int]

  init?(_ value: Value.ID, in graph: Graph) {
    shape = graph[value].type.shape.dimensions.compactMap(\.size)
    guard shape.count == 2 else { return nil }
    var (value, weight, isTransposed, scales) = (value, Value.ID?.none, false, [Double]())
    if let node = graph.node(making: value), node.operation is Add, node.operands.count == 2 {
      (weight, value) = (node.operands[0], node.operands[1])
    }
    while let node = graph.node(making: value) {
      switch node.operation {
      case let scale as Scale: scales.append(scale.factor)
      case let permute as Permute where permute.order == [1, 0]: isTransposed.toggle()
      case let product as MatrixProduct:
        p = Factor(value: node.operands[0], isTransposed: product.transposesFirst)
        q = Factor(value: node.operands[1], isTransposed: product.transposesSecond)
        let axes = graph[p.value].type.shape.dimensions
        guard axes.count == 2, graph[q.value].type.shape.rank == 2,
          let depth = axes[p.isTransposed ? 0 : 1].size
        else { return nil }
        self.depth = depth
        self.weight = weight
        self.isTransposed = isTransposed
        self.scales = scales.reversed()
        return
      default: return nil
      }
      value = node.operands[0]
    }
    return nil
  }

  /// What a product with each factor costs, as a share of one with a dense factor.
  func shares(in graph: Graph, _ precision: Precision) -> (p: Double, q: Double) {
    (graph.productShare(of: p.value, precision), graph.productShare(of: q.value, precision))
  }

  /// Which of the two factors are trained.
  func trainedFactors(in graph: Graph) -> (p: Bool, q: Bool) {
    (graph.isTrained(p.value), graph.isTrained(q.value))
  }
}

extension Graph {
  fileprivate func node(making value: Value.ID) -> Node? {
    if case .node(let index, _) = self[value].source { nodes[index] } else { nil }
  }

  /// Whether a value depends on what an adapter trains.
  fileprivate func isTrained(_ value: Value.ID) -> Bool {
    if let parameter = parameter(readBy: value) {
      if case .adapter = self[parameter].role { return true } else { return false }
    }
    return node(making: value)?.operands.contains(where: isTrained) ?? false
  }
}

extension Value {
  /// The type that the value is stored in.
  func element(in graph: Graph) -> ElementType {
    if case .parameter(let id) = source { graph[id].element } else { .float32 }
  }
}
