import ModelGraph

/// The update of one module.
public struct SiteUpdate: Sendable {
  public let site: Site
  public let update: WeightUpdate
  /// What is added to the bias `[out]`; nil for nothing.
  public let biasUpdate: WeightUpdate?
  /// The dropout rate on the update's input, in training.
  public let inputDropout: Double
  /// What is added to the loss in training.
  public let lossTerms: [LossTerm]
  /// The tensors in the updates and in the terms; shared ones among them.
  public let tensors: [UpdateTensor]

  /// The tensors that are this module's alone.
  public var ownTensors: [UpdateTensor] { tensors.filter { $0.site != nil } }

  init(_ site: Site, by tuner: some Tuner) throws {
    self.site = site
    update = try tuner.update(of: site)
    biasUpdate = try tuner.biasUpdate(of: site)
    inputDropout = tuner.inputDropout(at: site)
    guard 0..<1 ~= inputDropout else {
      throw AdapterError.badDropout(inputDropout, site: site.path)
    }
    lossTerms = try tuner.lossTerms(at: site)
    let expressions = [update, biasUpdate].compactMap { $0 } + lossTerms.map(\.matrix)
    tensors = expressions.tensors.inOrderOfRegistration
    try Self.check(update, is: [site.outputs, site.inputs], at: site)
    if let biasUpdate { try Self.check(biasUpdate, is: [site.outputs], at: site) }
    for term in lossTerms { try term.check(at: site) }
  }

  private static func check(_ update: WeightUpdate, is needed: [Int], at site: Site) throws {
    let shape = try update.shape()
    guard shape == needed else {
      throw AdapterError.wrongShape(site: site.path, found: shape, needed: needed)
    }
  }
}

extension SiteUpdate {
  /// Adds the nodes that compute the update, as the weight is stored.
  func change(
    inShape shape: Shape, in graph: inout Graph, of adapter: Adapter
  ) throws -> Value.ID {
    for tensor in tensors { _ = try graph.value(of: tensor, adapter: adapter.name) }
    let expression = site.isStoredTransposed ? update.transposed : update
    let value = try expression.value(in: &graph, module: site.path, of: adapter)
    guard graph[value].type.shape != shape else { return value }
    let sizes = shape.dimensions.compactMap(\.size)
    return try graph.apply(Reshape(sizes), to: [value], in: site.path)[0]
  }
}

extension Tuner {
  /// All tensors that a module's update, its bias's and its terms of the loss are made of; each once.
  package func tensors(at site: Site) throws -> [UpdateTensor] {
    let updates = try [update(of: site), biasUpdate(of: site)].compactMap { $0 }
    return (updates + (try lossTerms(at: site).map(\.matrix))).tensors
  }
}

extension [WeightUpdate] {
  /// All tensors in the expressions, each once.
  fileprivate var tensors: [UpdateTensor] {
    reduce(into: []) { found, update in
      found += update.tensors.filter { !found.contains($0) }
    }
  }
}

extension [UpdateTensor] {
  /// PyTorch's order of registration, and so of random draws, whatever the expression's is.
  fileprivate var inOrderOfRegistration: [UpdateTensor] {
    enumerated().sorted {
      ($0.element.moduleName, $0.offset) < ($1.element.moduleName, $1.offset)
    }.map(\.element)
  }
}

extension UpdateTensor {
  /// What the tensor's name begins with: `factor` for `factor.weight` and `factor.bias`.
  fileprivate var moduleName: String { String(name.prefix { $0 != "." }) }
}
