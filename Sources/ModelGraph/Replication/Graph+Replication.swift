extension Graph {
  /// This graph with other layers in place of its own: those of the ranges, one after the other. A
  /// layer can be there more than once, and need not be there at all.
  ///
  ///     let longer = try model.replicatingLayers([0..<4, 2..<5])  // layers 0, 1, 2, 3, 2, 3, 4
  ///
  /// New layers are numbered from 0. Those that were the same layer have the same parameters, each
  /// in its own modules. Parameters keep their ids and their names, which are those in the base
  /// model's checkpoint; those of a layer that is left out stay, without a module.
  ///
  /// Each layer reads what the one before made. What that is, and what all layers read from elsewhere,
  /// is found by comparing the first two.
  /// - Throws: `ReplicationError` where the model has no layers where PEFT looks for them, where they
  ///   are not alike, or a range does not fit.
  /// - SeeAlso: `peft/tuners/tuners_utils.py`, `replicate_layers`.
  public func replicatingLayers(
    _ ranges: [Range<Int>]
  ) throws(ReplicationError) -> Graph {
    let chain = try LayerChain(of: self)
    let numbers = try numbers(in: ranges, of: chain)
    var copy = Graph(name: name, origin: origin)
    var translated = copy.takeOver(self)
    copy.replaceModules(by: modules.replacingModules(in: chain.path, by: numbers))
    let (first, last) = (chain.layers[0], chain.layers[chain.layers.count - 1])
    try copyNodes(0..<first.lowerBound, to: &copy, &translated)

    var carried = chain.start.mapValues { translated[$0.index] }
    var made: [[Value.ID]] = []
    for (number, original) in numbers.enumerated() {
      let (path, oldPath) = (chain.layer(number), chain.layer(original))
      made = []
      for (node, sources) in zip(nodes[chain.layers[original]], chain.sources) {
        let operands = zip(node.operands, sources).map { operand, source in
          let value: Value.ID? =
            switch source {
            case .own(let place): made[place.node][place.result]
            case .previous(let place): carried[place] ?? nil
            case .parameter, .outside: translated[operand.index]
            }
          guard let value else {
            preconditionFailure("\(path) reads \(operand), which is not there")
          }
          return value
        }
        let module = path + node.module.relative(to: oldPath)
        made.append(copy.copy(node, of: self, reading: operands, in: module))
      }
      for place in chain.start.keys { carried[place] = made[place.node][place.result] }
    }

    for (node, results) in zip(nodes[last], made) {
      for (old, new) in zip(node.results, results) { translated[old.index] = new }
    }
    try copyNodes(last.upperBound..<nodes.count, to: &copy, &translated)
    for output in outputs {
      copy.addOutput(output.name, try translated.value(for: output.value, in: self))
    }
    return copy
  }

  private func copyNodes(
    _ range: Range<Int>, to copy: inout Graph, _ translated: inout [Value.ID?]
  ) throws(ReplicationError) {
    for node in nodes[range] {
      var operands: [Value.ID] = []
      for operand in node.operands {
        operands.append(try translated.value(for: operand, in: self))
      }
      let results = copy.copy(node, of: self, reading: operands, in: node.module)
      for (old, new) in zip(node.results, results) { translated[old.index] = new }
    }
  }

  /// More layers than any model has; more operations and modules than a description can make.
  private static let layerLimit = 10_000
  private static let sizeLimit = 1_000_000

  /// The original indices of the new layers.
  private func numbers(
    in ranges: [Range<Int>], of chain: LayerChain
  ) throws(ReplicationError) -> [Int] {
    let layers = chain.layers.count
    guard !ranges.isEmpty else { throw ReplicationError(model: name, .noRanges) }
    let sizes = chain.layers.indices.map {
      chain.layers[$0].count + modules.placeCount(within: chain.layer($0))
    }
    var numbers: [Int] = []
    var size = 0
    for range in ranges {
      guard !range.isEmpty else { throw ReplicationError(model: name, .emptyRange(range)) }
      guard range.lowerBound >= 0, range.upperBound <= layers else {
        throw ReplicationError(model: name, .outOfBounds(range, layers: layers))
      }
      numbers += range
      guard numbers.count <= Graph.layerLimit else {
        throw ReplicationError(model: name, .tooManyLayers(limit: Graph.layerLimit))
      }
      size += sizes[range].reduce(0, +)
      guard size <= Graph.sizeLimit else {
        throw ReplicationError(model: name, .tooLarge(limit: Graph.sizeLimit))
      }
    }
    return numbers
  }
}

extension [Value.ID?] {
  /// What stands for a value that is read after the layers.
  fileprivate func value(
    for value: Value.ID, in graph: Graph
  ) throws(ReplicationError) -> Value.ID {
    if let new = self[value.index] { return new }
    guard case .node(let index, _) = graph[value].source else {
      preconditionFailure("\(value) is neither taken over nor computed")
    }
    throw ReplicationError(
      model: graph.name, .readInside(module: graph.nodes[index].module))
  }
}
