public import TunerKit

/// Computes a `WeightUpdate` in plain loops over 64-bit numbers, so that a tuner's algebra can be
/// compared with its paper's before anything runs.
public struct WeightUpdateEvaluator: Sendable {
  /// The numbers in a tensor.
  public let values: @Sendable (UpdateTensor) -> Numbers
  /// The numbers in a base weight, `[outputs, inputs]`.
  public let weights: @Sendable (Site) -> Numbers
  /// The numbers in a module's bias, `[outputs]`.
  public let biases: @Sendable (Site) -> Numbers

  /// - Parameters:
  ///   - weights: The numbers in a base weight, `[outputs, inputs]`; such as its path determines where
  ///     left out.
  ///   - biases: The numbers in a module's bias, `[outputs]`; likewise.
  ///   - values: The numbers in a tensor, of its shape.
  public init(
    weights: @escaping @Sendable (Site) -> Numbers = Self.weight,
    biases: @escaping @Sendable (Site) -> Numbers = Self.bias,
    _ values: @escaping @Sendable (UpdateTensor) -> Numbers
  ) {
    self.values = values
    self.weights = weights
    self.biases = biases
  }

  /// A fresh adapter's numbers: constants as they are, random ones replaced by others of their size
  /// that the tensor's name determines.
  public static let fresh = WeightUpdateEvaluator { tensor in
    let random = Numbers.pseudorandom("\(tensor.site ?? "") \(tensor.name)", shape: tensor.shape)
    switch tensor.initial {
    case .constant(let value): return Numbers(shape: tensor.shape) { _ in value }
    case .uniform(let bound): return random.scaled(by: bound)
    case .normal(let deviation): return random.scaled(by: deviation)
    case .loaded, .basis, .copy, .derived, .orthogonal: return random
    }
  }

  /// The numbers of an adapter after training: whatever is trained is random.
  public static let trained = WeightUpdateEvaluator { tensor in
    tensor.isTrained
      ? .pseudorandom("trained \(tensor.site ?? "") \(tensor.name)", shape: tensor.shape)
      : fresh.values(tensor)
  }

  /// The numbers of an update.
  /// - Throws: `ShapeError` where the expression's parts do not fit together.
  public func value(of update: WeightUpdate) throws -> Numbers {
    let shape = try update.shape()
    switch update {
    case .tensor(let tensor): return values(tensor)
    case .product(let a, let b): return try value(of: a).product(value(of: b))
    case .elementwise(let a, let b): return try value(of: a).combined(value(of: b), *)
    case .scaled(let factor, let a): return try value(of: a).scaled(by: factor)
    case .sum(let a, let b): return try value(of: a).combined(value(of: b), +)
    case .holdingColumn(let a, _): return try value(of: a)
    case .inverseRowLengths(let a): return try value(of: a).inverseRowLengths
    case .weight(let site): return weights(site)
    case .bias(let site): return biases(site)
    case .reshaped(let a, _): return try value(of: a).reshaped(shape)
    case .permuted(let a, let order): return try value(of: a).permuted(order)
    case .leading(let a, _):
      return try value(of: a).part(from: shape.map { _ in 0 }, sizes: shape)
    }
  }
}

extension WeightUpdateEvaluator {
  /// The numbers of a base weight, `[outputs, inputs]`, which its path determines.
  @Sendable public static func weight(of site: Site) -> Numbers {
    .pseudorandom("\(site.path).weight", shape: [site.outputs, site.inputs])
  }

  /// The numbers of a module's bias, `[outputs]`, which its path determines.
  @Sendable public static func bias(of site: Site) -> Numbers {
    .pseudorandom("\(site.path).bias", shape: [site.outputs])
  }

  /// A fresh adapter's numbers at one site, those that follow from its weight among them. Of a weight's
  /// decompositions it knows only that the same one is the same numbers.
  static func fresh(at site: Site) -> WeightUpdateEvaluator {
    WeightUpdateEvaluator { tensor in
      switch tensor.initial {
      case .derived(.rowLengths):
        let inverse = weight(of: site).inverseRowLengths
        return Numbers(shape: inverse.shape, values: inverse.values.map { 1 / $0 })
          .reshaped(tensor.shape)
      case .derived(let derivation):
        return .pseudorandom("\(site.path) \(derivation)", shape: tensor.shape)
      default: return fresh.values(tensor)
      }
    }
  }
}

/// Computes values of a graph that depend on parameters only: weights with their updates.
public struct WeightEvaluator {
  private let graph: Graph
  private let values: (Parameter) -> Numbers

  /// - Parameter values: The numbers in a parameter, of its shape.
  public init(_ graph: Graph, values: @escaping (Parameter) -> Numbers) {
    self.graph = graph
    self.values = values
  }

  /// The numbers of a value; nil where it depends on an input, or on an operation that no update
  /// is made of.
  public func value(of id: Graph.Value.ID) -> Numbers? {
    switch graph[id].source {
    case .input: return nil
    case .parameter(let parameter): return values(graph[parameter])
    case .node(let index, _):
      let node = graph.nodes[index]
      let operands = node.operands.compactMap(value)
      guard operands.count == node.operands.count, let first = operands.first else { return nil }
      return Self.result(of: node.operation, first, operands.dropFirst())
    }
  }

  private static func result(
    of operation: any Operator, _ first: Numbers, _ others: ArraySlice<Numbers>
  ) -> Numbers? {
    switch operation {
    case is Add: others.reduce(first) { $0.combined($1, +) }
    case is Multiply: others.reduce(first) { $0.combined($1, *) }
    case is MatrixProduct: others.first.map(first.product)
    case is InverseLength: first.inverseRowLengths
    case let scale as Scale: first.scaled(by: scale.factor)
    case let reshape as Reshape: first.reshaped(reshape.shape)
    case let permute as Permute: first.permuted(permute.order)
    case let slice as Slice: first.slice(slice)
    default: nil
    }
  }
}

extension Numbers {
  /// One over the length of each row of a matrix.
  fileprivate var inverseRowLengths: Numbers {
    Numbers(shape: [shape[0], 1]) { index in
      1 / (0..<shape[1]).reduce(0) { $0 + self[index[0], $1] * self[index[0], $1] }.squareRoot()
    }
  }

  fileprivate func slice(_ slice: Slice) -> Numbers {
    var (start, sizes) = (shape.map { _ in 0 }, shape)
    start[slice.axis] = slice.start
    sizes[slice.axis] = slice.end - slice.start
    return part(from: start, sizes: sizes)
  }
}
