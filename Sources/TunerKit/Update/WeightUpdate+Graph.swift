import ModelGraph

extension WeightUpdate {
  /// Adds the nodes that compute this expression to a graph.
  ///
  /// Tensors become parameters; one that the adapter already has there is used as it is, which is
  /// how sites share bases.
  /// - Throws: `ShapeError` where the expression's parts do not fit together, `AdapterError` where a
  ///   tensor's name is taken.
  func value(
    in graph: inout Graph, module: String, of adapter: Adapter
  ) throws -> Value.ID {
    func apply<Operation: Operator>(
      _ operation: Operation, _ operands: WeightUpdate...
    ) throws -> Value.ID {
      let values = try operands.map {
        try $0.value(in: &graph, module: module, of: adapter)
      }
      return try graph.apply(operation, to: values, in: module)[0]
    }
    switch self {
    case .tensor(let tensor):
      return try graph.value(of: tensor, adapter: adapter.name)
    case .product(let a, let b): return try apply(MatrixProduct(), a, b)
    case .elementwise(let a, let b): return try apply(Multiply(), a, b)
    case .scaled(let factor, let a): return try apply(Scale(by: factor), a)
    case .sum(let a, let b): return try apply(Add(), a, b)
    case .inverseRowLengths(let a): return try apply(InverseLength(), a)
    case .weight(let site): return try graph.matrix(of: site, for: module)
    case .bias(let site): return try graph.bias(of: site, for: adapter)
    case .reshaped(let a, let shape): return try apply(Reshape(shape), a)
    case .permuted(let a, let order): return try apply(Permute(order), a)
    case .holdingColumn(let a, let column):
      return try apply(StopGradient(axis: 1, index: column), a)
    case .leading(let a, let sizes):
      var value = try a.value(in: &graph, module: module, of: adapter)
      for (axis, size) in sizes.enumerated()
      where graph[value].type.shape.dimensions.dropFirst(axis).first != .size(size) {
        value = try graph.apply(Slice(axis: axis, 0..<max(0, size)), to: [value], in: module)[0]
      }
      return value
    }
  }

  /// The sizes of the result.
  /// - Throws: `ShapeError` where the expression's parts do not fit together.
  public func shape() throws -> [Int] {
    func types(_ operands: WeightUpdate...) throws -> [ValueType] {
      try operands.map { ValueType(Shape(try $0.shape())) }
    }
    let results: [ValueType]
    switch self {
    case .tensor(let tensor): return tensor.shape
    case .product(let a, let b): results = try MatrixProduct().results(of: types(a, b))
    case .elementwise(let a, let b): results = try Multiply().results(of: types(a, b))
    case .scaled(_, let a): return try a.shape()
    case .sum(let a, let b): results = try Add().results(of: types(a, b))
    case .inverseRowLengths(let a): results = try InverseLength().results(of: types(a))
    case .weight(let site): return [site.outputs, site.inputs]
    case .bias(let site): return [site.outputs]
    case .reshaped(let a, let shape): results = try Reshape(shape).results(of: types(a))
    case .permuted(let a, let order): results = try Permute(order).results(of: types(a))
    case .holdingColumn(let a, let column):
      results = try StopGradient(axis: 1, index: column).results(of: types(a))
    case .leading(let a, let sizes):
      let shape = try a.shape()
      guard sizes.count == shape.count, zip(sizes, shape).allSatisfy({ 0...$1 ~= $0 }) else {
        throw ShapeError(
          "leading", .sizes(left: "the part", Shape(sizes), right: "the tensor", Shape(shape)))
      }
      return sizes
    }
    return results[0].shape.dimensions.compactMap(\.size)
  }

  /// The highest rank that the result can have as a matrix, whatever the tensors' values.
  /// - Throws: `ShapeError` where the expression's parts do not fit together.
  public func rankBound() throws -> Int {
    let own = try shape().min() ?? 1
    switch self {
    case .product(let a, let b): return min(own, try a.rankBound(), try b.rankBound())
    case .scaled(_, let a): return try a.rankBound()
    case .permuted(let a, _), .holdingColumn(let a, _): return min(own, try a.rankBound())
    case .elementwise(let a, let b):
      guard try a.shape() == b.shape() else { return own }
      let (product, overflow) = try a.rankBound().multipliedReportingOverflow(by: b.rankBound())
      return overflow ? own : min(own, product)
    case .sum(let a, let b):
      let (sum, overflow) = try a.rankBound().addingReportingOverflow(b.rankBound())
      return overflow ? own : min(own, sum)
    case .tensor, .reshaped, .leading, .weight, .bias, .inverseRowLengths: return own
    }
  }
}

extension Graph {
  /// A site's own weight as a matrix `[out, in]`.
  fileprivate mutating func matrix(of site: Site, for module: String) throws -> Value.ID {
    guard let id = modules.ownParameters(of: site.path)["weight"], let weight = value(of: id)
    else { throw AdapterError.unknownModule(site.path) }
    if site.isStoredTransposed { return try apply(Permute([1, 0]), to: [weight], in: module)[0] }
    guard self[id].shape.count > 2 else { return weight }
    return try apply(Reshape([site.outputs, site.inputs]), to: [weight], in: module)[0]
  }

  /// A site's own bias, or the copy of it that the adapter trains.
  fileprivate mutating func bias(of site: Site, for adapter: Adapter) throws -> Value.ID {
    guard let id = modules.ownParameters(of: site.path)["bias"], let bias = value(of: id) else {
      throw AdapterError.unknownModule(site.path)
    }
    guard let copy = adapter.copies.first(where: { $0.original == id && $0.module == nil })
    else { return bias }
    return try value(of: copy, adapter: adapter.name)
  }

  /// The parameter that an adapter's copy is, added where it is not there yet.
  mutating func value(of copy: TrainedCopy, adapter: String) throws -> Value.ID {
    let name = copy.parameterName(adapter: adapter)
    if let known = parameter(named: name), let value = value(of: known) { return value }
    return try addParameter(
      Parameter(
        name: name, shape: copy.shape, initial: .copy(of: self[copy.original].name),
        role: .adapter(adapter)))
  }

  /// The parameter that a tensor is, added where it is not there yet.
  mutating func value(of tensor: UpdateTensor, adapter: String) throws -> Value.ID {
    let name = tensor.parameterName(adapter: adapter)
    let role: Parameter.Role = tensor.isTrained ? .adapter(adapter) : .frozenBasis(adapter)
    if let known = parameter(named: name), let value = value(of: known) {
      guard self[known].role == role, self[known].shape == tensor.shape else {
        throw AdapterError.parameterTaken(name)
      }
      return value
    }
    return try addParameter(
      Parameter(
        name: name, shape: tensor.shape, element: tensor.initial.element, initial: tensor.initial,
        discarding: tensor.discardedDraws, role: role))
  }
}
