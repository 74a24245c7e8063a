extension Graph {
  /// This graph with an adapter's updates in it.
  ///
  /// Where a module's weight was read, the weight plus its update is. With dropout on its input an
  /// update is a branch of its own beside the module. Every use of a module sees its update; another
  /// module that shares the weight (a tied head) does not, as in PEFT.
  /// - Returns: A new graph; this one stays as it is.
  /// - Throws: `AdapterError.unknownModule` where the adapter was made for another model.
  public func adapted(by adapter: Adapter) throws -> Graph {
    var pending: [String: SiteUpdate] = [:]
    for update in adapter.updates {
      guard modules.contains(update.site.path) else {
        throw AdapterError.unknownModule(update.site.path)
      }
      pending[update.site.path] = update
    }
    var updated: [String: Value.ID] = [:]
    return try rewriting { node, graph in
      guard let update = pending[node.module], node.operation is any WeightedOperator,
        node.operands.count > 1
      else { return nil }
      let path = node.module
      if update.inputDropout > 0 {
        return try graph.addBranch(update, beside: node, adapter: adapter.name)
      }
      let weight: Value.ID
      if let known = updated[path] {
        weight = known
      } else {
        let delta = try graph.storedUpdate(update, adapter: adapter.name, like: node.operands[1])
        weight = try graph.apply(Add(), to: [node.operands[1], delta], in: path)[0]
        updated[path] = weight
      }
      var operands = node.operands
      operands[1] = weight
      return try graph.apply(node.operation, to: operands, in: path)
    }
  }

  /// The update in the order and shape in which the module's weight is stored.
  fileprivate mutating func storedUpdate(
    _ update: SiteUpdate, adapter: String, like weight: Value.ID
  ) throws -> Value.ID {
    let path = update.site.path
    let expression = update.site.isStoredTransposed ? update.update.transposed : update.update
    let value = try expression.value(in: &self, module: path, adapter: adapter)
    let shape = self[weight].type.shape
    guard self[value].type.shape != shape else { return value }
    return try apply(Reshape(shape.dimensions.compactMap(\.size)), to: [value], in: path)[0]
  }

  /// The module, and its update applied to a dropped-out input, added up.
  fileprivate mutating func addBranch(
    _ update: SiteUpdate, beside node: Node, adapter: String
  ) throws -> [Value.ID] {
    let base = try apply(node.operation, to: node.operands, in: node.module)
    let input = try apply(
      Dropout(rate: update.inputDropout), to: [node.operands[0]], in: node.module)
    let delta = try storedUpdate(update, adapter: adapter, like: node.operands[1])
    let branch = try apply(node.operation, to: [input[0], delta], in: node.module)
    return try apply(Add(), to: base + branch, in: node.module)
  }
}
