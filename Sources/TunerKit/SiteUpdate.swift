import ModelGraph

/// The update of one module.
public struct SiteUpdate: Sendable {
  public let site: Site
  public let update: WeightUpdate
  /// What is added to the bias `[out]`; nil for nothing.
  public let biasUpdate: WeightUpdate?
  /// The rate of dropout on the update's input, in training.
  public let inputDropout: Double
  /// The tensors in the updates; shared ones among them.
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
    var tensors = update.tensors
    for tensor in biasUpdate?.tensors ?? [] where !tensors.contains(tensor) {
      tensors.append(tensor)
    }
    // PyTorch's order of registration, and so of random draws, whatever the expression's is.
    self.tensors = tensors.enumerated().sorted {
      ($0.element.moduleName, $0.offset) < ($1.element.moduleName, $1.offset)
    }.map(\.element)
    try Self.check(update, is: [site.outputs, site.inputs], at: site)
    if let biasUpdate { try Self.check(biasUpdate, is: [site.outputs], at: site) }
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
    inShape shape: Shape, in graph: inout Graph, adapter: String
  ) throws -> Value.ID {
    for tensor in tensors { _ = try graph.value(of: tensor, adapter: adapter) }
    let expression = site.isStoredTransposed ? update.transposed : update
    let value = try expression.value(in: &graph, module: site.path, adapter: adapter)
    guard graph[value].type.shape != shape else { return value }
    let sizes = shape.dimensions.compactMap(\.size)
    return try graph.apply(Reshape(sizes), to: [value], in: site.path)[0]
  }
}

extension UpdateTensor {
  /// What the tensor's name begins with: `lora_B` for `lora_B.weight` and `lora_B.bias`.
  fileprivate var moduleName: String { String(name.prefix { $0 != "." }) }
}
