/// A model's layers as links of a chain: the same nodes again and again, of which each layer's read
/// what the layer before made.
struct LayerChain {
  /// A result of one of a layer's nodes, counted from the layer's first.
  struct Place: Hashable {
    let node: Int
    let result: Int
  }

  /// Where an operand comes from, as a layer sees it.
  enum Source: Hashable {
    case own(Place)
    case previous(Place)
    /// A parameter of the layer, by its name there.
    case parameter(String)
    /// Something from before the layers, or a parameter that is not the layer's.
    case outside(Value.ID)
  }

  /// The path of the list.
  let path: String
  /// Which of the graph's nodes each layer has.
  let layers: [Range<Int>]
  /// The sources of all operands of all nodes, in any layer but the first.
  let sources: [[Source]]
  /// What the first layer reads where others read the layer before.
  let start: [Place: Value.ID]

  func layer(_ number: Int) -> String { "\(path).\(number)" }
}

// MARK: - Finding the layers

extension ModuleTree {
  /// The path of the list of layers, where PEFT looks for it: inside of `model` as often as there is
  /// one, then of `bert`, it is `layers`, `encoder.layer` or `h`.
  /// - SeeAlso: `peft/tuners/tuners_utils.py`, `replicate_layers`.
  public var layerList: String? {
    func path(_ name: String, in outer: String) -> String? {
      let path = outer.isEmpty ? name : "\(outer).\(name)"
      return contains(path) ? path : nil
    }
    var root = ""
    while let inner = path("model", in: root) { root = inner }
    root = path("bert", in: root) ?? root
    let list = ["layers", "encoder.layer", "h"].lazy.compactMap { path($0, in: root) }.first
    guard let list else { return nil }
    let names = children(of: list).map(\.name)
    let isNumbered = zip(names, names.indices).allSatisfy { $0 == "\($1)" }
    return names.isEmpty || !isNumbered ? nil : list
  }
}

extension LayerChain {
  /// - Throws: `ReplicationError` where the graph's layers are no chain of layers alike.
  /// - Complexity: O(nodes + modules).
  init(of graph: Graph) throws(ReplicationError) {
    guard let path = graph.modules.layerList else {
      throw ReplicationError(model: graph.name, .noLayers)
    }
    let finder = ChainFinder(
      graph: graph, path: path, layers: try ChainFinder.layers(in: path, of: graph))
    guard finder.layers.count > 1 else {
      throw ReplicationError(model: graph.name, .singleLayer("\(path).0"))
    }
    let sources = try finder.sources(ofLayer: 1)
    for number in finder.layers.indices.dropFirst(2) {
      guard finder.isLikeFirst(number), try finder.sources(ofLayer: number) == sources else {
        throw finder.unlike(number)
      }
    }
    guard finder.isLikeFirst(1),
      let start = finder.start(first: try finder.sources(ofLayer: 0), others: sources)
    else { throw finder.unlike(1) }
    self.init(path: path, layers: finder.layers, sources: sources, start: start)
  }
}

private struct ChainFinder {
  let graph: Graph
  let path: String
  let layers: [Range<Int>]

  /// The nodes of each layer.
  static func layers(
    in list: String, of graph: Graph
  ) throws(ReplicationError) -> [Range<Int>] {
    let count = graph.modules.children(of: list).count
    let numbers = Dictionary(
      uniqueKeysWithValues: (0..<count).map { (Substring("\($0)"), $0) })
    let prefix = "\(list)."
    var layers: [Range<Int>] = []
    for (index, node) in graph.nodes.enumerated() where node.module.hasPrefix(prefix) {
      let name = node.module.dropFirst(prefix.count).prefix { $0 != "." }
      if numbers[name] == layers.count {
        layers.append(index..<index + 1)
      } else if let last = layers.last, numbers[name] == layers.count - 1,
        last.upperBound == index
      {
        layers[layers.count - 1] = last.lowerBound..<index + 1
      } else {
        throw ReplicationError(model: graph.name, .notInOrder(list: list))
      }
    }
    let isContiguous = zip(layers, layers.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound }
    guard layers.count == count, isContiguous else {
      throw ReplicationError(model: graph.name, .notInOrder(list: list))
    }
    return layers
  }

  func unlike(_ number: Int) -> ReplicationError {
    ReplicationError(
      model: graph.name, .unlike(layer: "\(path).\(number)", first: "\(path).0"))
  }

  /// Whether a layer has the same operations as the first one, in modules of the same names, and they
  /// make the same types of values.
  func isLikeFirst(_ number: Int) -> Bool {
    let (first, other) = (graph.nodes[layers[0]], graph.nodes[layers[number]])
    let (firstPath, otherPath) = ("\(path).0", "\(path).\(number)")
    func isAlike(_ a: Node, _ b: Node) -> Bool {
      a.module.relative(to: firstPath) == b.module.relative(to: otherPath)
        && AnyHashable(a.operation) == AnyHashable(b.operation)
        && a.results.map { graph[$0].type } == b.results.map { graph[$0].type }
    }
    return first.count == other.count && zip(first, other).allSatisfy(isAlike)
  }

  /// Where the operands of a layer's nodes come from.
  func sources(ofLayer number: Int) throws(ReplicationError) -> [[LayerChain.Source]] {
    let own = layers[number]
    let layer = "\(path).\(number)"
    var names: [Parameter.ID: String] = [:]
    for (name, id) in graph.modules.namedParameters(within: layer) where names[id] == nil {
      names[id] = name.relative(to: layer)
    }
    var sources: [[LayerChain.Source]] = []
    for node in graph.nodes[own] {
      var operands: [LayerChain.Source] = []
      for operand in node.operands {
        switch graph[operand].source {
        case .input: operands.append(.outside(operand))
        case .parameter(let id):
          operands.append(names[id].map { .parameter($0) } ?? .outside(operand))
        case .node(let index, let result):
          if own.contains(index) {
            operands.append(.own(.init(node: index - own.lowerBound, result: result)))
          } else if number > 0, layers[number - 1].contains(index) {
            let start = layers[number - 1].lowerBound
            operands.append(.previous(.init(node: index - start, result: result)))
          } else if index < layers[0].lowerBound {
            operands.append(.outside(operand))
          } else {
            throw ReplicationError(
              model: graph.name,
              .distantRead(layer: layer, module: graph.nodes[index].module))
          }
        }
      }
      sources.append(operands)
    }
    return sources
  }

  /// What the first layer reads in place of a layer before it; nil where it differs from others in
  /// more than that.
  func start(
    first: [[LayerChain.Source]], others: [[LayerChain.Source]]
  ) -> [LayerChain.Place: Value.ID]? {
    var start: [LayerChain.Place: Value.ID] = [:]
    guard first.map(\.count) == others.map(\.count) else { return nil }
    for (source, other) in zip(first.joined(), others.joined()) {
      guard case .previous(let place) = other else {
        if source != other { return nil }
        continue
      }
      guard case .outside(let value) = source, start[place] ?? value == value else { return nil }
      let made = graph.nodes[layers[0].lowerBound + place.node].results[place.result]
      guard graph[made].type == graph[value].type else { return nil }
      start[place] = value
    }
    return start
  }
}
