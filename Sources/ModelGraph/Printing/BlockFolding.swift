/// Which nodes of a graph stand for others when repeated blocks are drawn once.
///
/// Numbered neighbours in a module list, such as the layers of a transformer, fold into the first of
/// them where their nodes are alike one by one: same operators, shapes, parameters and wiring.
/// Layers may hand values on from one to the next, and share values from outside.
struct BlockFolding {
  /// A run of alike blocks, of which only the first is drawn.
  struct Run {
    /// The path of the list they are in, such as `transformer.h`.
    let list: String
    /// The paths of the blocks.
    let blocks: [String]
    /// The run that this one is inside of, where blocks are nested.
    let parent: Int?
  }

  /// A value that one block hands to the next, as results of the first block's nodes.
  struct Recurrence: Hashable {
    /// The node of the first block that makes it.
    let source: Int
    /// The node of the first block that reads what the block before it made.
    let target: Int
  }

  private(set) var runs: [Run] = []
  /// For every node, the node that stands for it; itself where it is drawn.
  private(set) var representatives: [Int]
  /// For every drawn node, the innermost run it is in.
  private(set) var runOfNode: [Int?]
  private(set) var recurrences: [Recurrence] = []
  private let graph: Graph
  /// The nodes of every numbered module, in order.
  private let members: [String: [Int]]

  init(_ graph: Graph) {
    self.graph = graph
    representatives = Array(graph.nodes.indices)
    runOfNode = Array(repeating: nil, count: graph.nodes.count)
    members = BlockFolding.members(of: graph)
    fold(children: graph.modules.children(of: ""), of: "", parent: nil)
    resolveNesting()
  }

  /// A node of a folded block may stand for others and have one that stands for it.
  private mutating func resolveNesting() {
    for index in representatives.indices {
      while representatives[index] != representatives[representatives[index]] {
        representatives[index] = representatives[representatives[index]]
      }
    }
    var known: Set<Recurrence> = []
    recurrences = recurrences.map {
      Recurrence(source: representatives[$0.source], target: representatives[$0.target])
    }.filter { known.insert($0).inserted }
  }

  /// For each module with a number for a name, the nodes of it and of the modules inside it.
  private static func members(of graph: Graph) -> [String: [Int]] {
    var members: [String: [Int]] = [:]
    var numbered: [String: [String]] = [:]
    for (index, node) in graph.nodes.enumerated() {
      if numbered[node.module] == nil { numbered[node.module] = numberedPrefixes(of: node.module) }
      for path in numbered[node.module] ?? [] { members[path, default: []].append(index) }
    }
    return members
  }

  private static func numberedPrefixes(of path: String) -> [String] {
    var prefixes: [String] = []
    var start = path.startIndex
    while start < path.endIndex {
      let end = path.utf8[start...].firstIndex(of: UInt8(ascii: ".")) ?? path.endIndex
      if Int(path[start..<end]) != nil { prefixes.append(String(path[..<end])) }
      start = end < path.endIndex ? path.utf8.index(after: end) : end
    }
    return prefixes
  }

  private mutating func fold(children: [Module], of list: String, parent: Int?) {
    let alike = NumberedRuns.split(
      children, name: { String($0.name) },
      continues: { !nodes(of: $0.path).isEmpty && areAlike($0.path, $1.path) })
    for run in alike.flatMap(consistentRuns) {
      guard let first = run.first else { continue }
      var inner = parent
      if run.count > 1 {
        inner = runs.count
        runs.append(Run(list: list, blocks: run.map(\.path), parent: parent))
        collapse(run.map(\.path), run: runs.count - 1)
      }
      fold(children: graph.modules.children(of: first.path), of: first.path, parent: inner)
    }
  }

  private func nodes(of path: String) -> [Int] { members[path] ?? [] }

  /// Lets the first block stand for the others.
  private mutating func collapse(_ blocks: [String], run: Int) {
    let first = nodes(of: blocks[0])
    for node in first { runOfNode[node] = run }
    for block in blocks.dropFirst() {
      for (node, representative) in zip(nodes(of: block), first) {
        representatives[node] = representative
      }
    }
    let wiring = operands(of: blocks[1], after: blocks[0])
    for (target, sources) in zip(first, wiring) {
      for case .previousBlock(let node, _) in sources {
        recurrences.append(Recurrence(source: first[node], target: target))
      }
    }
  }
}

// MARK: - Comparing blocks

extension BlockFolding {
  /// Where an operand of a block's node comes from, as seen from the block.
  private enum Operand: Hashable {
    case thisBlock(node: Int, result: Int)
    case previousBlock(node: Int, result: Int)
    case parameter(name: String, shape: [Int], role: Parameter.Role)
    case outside(Value.ID)
  }

  /// The operands of all nodes of a block.
  private func operands(of block: String, after previous: String?) -> [[Operand]] {
    let own = positions(of: block)
    let before = previous.map(positions) ?? [:]
    return nodes(of: block).map { index in
      graph.nodes[index].operands.map { operand in
        switch graph[operand].source {
        case .parameter(let id):
          let parameter = graph[id]
          return .parameter(
            name: parameter.name.relative(to: block), shape: parameter.shape, role: parameter.role)
        case .node(let node, let result):
          if let position = own[node] { return .thisBlock(node: position, result: result) }
          if let position = before[node] { return .previousBlock(node: position, result: result) }
          return .outside(operand)
        case .input: return .outside(operand)
        }
      }
    }
  }

  private func positions(of block: String) -> [Int: Int] {
    Dictionary(uniqueKeysWithValues: nodes(of: block).enumerated().map { ($1, $0) })
  }

  /// Whether the second block does what the first does, on values of its own.
  private func areAlike(_ first: String, _ second: String) -> Bool {
    let (a, b) = (nodes(of: first), nodes(of: second))
    guard a.count == b.count else { return false }
    let nodesAgree = zip(a, b).allSatisfy { x, y in
      let (x, y) = (graph.nodes[x], graph.nodes[y])
      return AnyHashable(x.operation) == AnyHashable(y.operation)
        && x.module.relative(to: first) == y.module.relative(to: second)
        && types(x.operands) == types(y.operands)
    }
    guard nodesAgree else { return false }
    return BlockFolding.agree(
      operands(of: first, after: nil), operands(of: second, after: first), entering: true)
  }

  private func types(_ values: [Value.ID]) -> [ValueType] { values.map { graph[$0].type } }

  /// - Parameter entering: Whether the first block may read from anywhere what the second one reads
  ///   from the first.
  private static func agree(_ a: [[Operand]], _ b: [[Operand]], entering: Bool) -> Bool {
    zip(a, b).allSatisfy { a, b in
      a.count == b.count
        && zip(a, b).allSatisfy { a, b in
          if case .outside = a, case .previousBlock = b { return entering }
          return a == b
        }
    }
  }

  /// Cuts a run of alike neighbours where one does not read from its predecessor what the one
  /// before reads from its own.
  private func consistentRuns(_ run: ArraySlice<Module>) -> [ArraySlice<Module>] {
    var result: [ArraySlice<Module>] = []
    var start = run.startIndex
    var expected: [[Operand]]?
    for index in run.indices.dropFirst() {
      let wiring = operands(of: run[index].path, after: run[index - 1].path)
      if let expected, !BlockFolding.agree(expected, wiring, entering: false) {
        result.append(run[start..<index])
        start = index
      }
      expected = index == start ? nil : wiring
    }
    result.append(run[start...])
    return result
  }
}
