public import ModelGraph
public import PeftBasics

/// What is legal in a description and most likely a mistake.
enum DescriptionWarning: Diagnosis, Equatable {
  case unreadStep(String)
  case unreadParameter(String)
  case unreadInput(String)
  case unusedBlock(String)
  case unreadArgument(String, block: String, nearest: String?)

  var words: (problem: String, fix: String?) {
    switch self {
    case .unreadStep(let operation):
      (
        "nothing reads what this \(operation) computes",
        "name it with 'to' and read it, name it under 'outputs', or remove the step"
      )
    case .unreadParameter(let name):
      ("nothing reads the parameter '\(name)'", "read it, or remove the step")
    case .unreadInput(let name):
      ("nothing reads the input '\(name)'", "name it under a step's 'from', or remove it")
    case .unusedBlock(let name):
      ("no step uses the block '\(name)'", "use it as a step, or remove it")
    case .unreadArgument(let name, let block, let nearest):
      (
        "no step of block '\(block)' reads the argument '\(name)'",
        nearest.map { "did you mean '\($0)', which its steps read?" }
          ?? "read it as $\(name), or remove it"
      )
    }
  }
}

/// A description that makes a graph, and what is most likely a mistake in it.
public struct CheckedDescription: Sendable {
  public let graph: Graph
  /// Steps, inputs, blocks and arguments that nothing reads, in the order of their places.
  public let warnings: [DescriptionError]

  /// What the graph has, in one line.
  public var summary: String {
    func count(_ number: Int, _ noun: String) -> String {
      "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
    return "\(graph.name): no mistakes; "
      + [
        count(graph.inputs.count, "input"), count(graph.nodes.count, "operation"),
        count(graph.outputs.count, "output"), count(graph.entryCount, "parameter"),
      ].joined(separator: ", ")
  }
}

extension GraphBuilder {
  /// A step that made something.
  struct Origin: Hashable {
    let range: SourceRange
    let operation: String
  }

  /// Steps of which no output needs anything, where nothing reads them at all. What only such a step
  /// reads is not reported as well.
  var unreadSteps: [DescriptionError] {
    let (readers, needed) = (readers, neededNodes)
    // A turn of a repeat may be needed and another not.
    let live = Set(nodeOrigins.indices.filter { needed[$0] }.map { nodeOrigins[$0] })
    let unread = Set(
      zip(graph.nodes, nodeOrigins).filter { node, origin in
        !live.contains(origin) && node.results.allSatisfy { !readers.contains($0) }
      }.map(\.1))
    let steps = unread.map {
      DescriptionError(DescriptionWarning.unreadStep($0.operation), at: $0.range)
    }
    let parameters = parameterSteps.filter { !readers.contains($0.value) }.map {
      DescriptionError(DescriptionWarning.unreadParameter($0.name), at: $0.range)
    }
    return steps + parameters
  }

  /// Whether anything reads a value.
  func isRead(_ value: Value.ID) -> Bool { readers.contains(value) }

  /// The values that a node or an output reads.
  private var readers: Set<Value.ID> {
    Set(graph.nodes.flatMap(\.operands)).union(graph.outputs.map(\.value))
  }

  /// For every node, whether an output depends on it.
  private var neededNodes: [Bool] {
    var needed = [Bool](repeating: false, count: graph.nodes.count)
    var open = graph.outputs.map(\.value)
    while let value = open.popLast() {
      guard case .node(let index, _) = graph[value].source, !needed[index] else { continue }
      needed[index] = true
      open += graph.nodes[index].operands
    }
    return needed
  }
}

extension DescriptionDocument {
  /// Blocks that no step uses, and arguments that no step of their block reads.
  func unreadBlocks(_ steps: [CompiledStep], _ blocks: [String: BlockDefinition])
    -> [DescriptionError]
  {
    let used = Set((steps + blocks.values.flatMap(\.steps)).flatMap(\.usedBlocks))
    var warnings: [DescriptionError] = []
    // What it extends may have blocks for other graphs than its own.
    let ownFile = self["graph"]?.range.file.path
    for entry in self["blocks"]?.entries ?? [] where entry.keyRange.file.path == ownFile {
      guard used.contains(entry.key) else {
        warnings.append(
          DescriptionError(DescriptionWarning.unusedBlock(entry.key), at: entry.keyRange))
        continue
      }
      let parts = ["graph", "outputs", "modules"].compactMap { entry.value[$0] }
      let read = Set(parts.flatMap(\.namesRead))
      for argument in entry.value["arguments"]?.entries ?? [] where !read.contains(argument.key) {
        let others = read.subtracting(entry.value["arguments"]?.entries?.map(\.key) ?? [])
        let nearest = Spelling.nearest(to: argument.key, among: others.sorted())
        warnings.append(
          DescriptionError(
            DescriptionWarning.unreadArgument(argument.key, block: entry.key, nearest: nearest),
            at: argument.keyRange))
      }
    }
    return warnings
  }
}

extension CompiledStep {
  /// The description's blocks that it and the steps in it use.
  fileprivate var usedBlocks: [String] {
    let own: [String] = if case .block(let name) = kind { [name] } else { [] }
    return own + nested.values.flatMap { $0.flatMap(\.usedBlocks) }
  }
}

extension DocumentNode {
  /// The dimensions and arguments that texts in it read.
  fileprivate var namesRead: [String] {
    switch content {
    case .scalar(let scalar):
      guard scalar.text.contains("$") else { return [] }
      return ((try? Template(scalar.text).names) ?? [])
        + ((try? Expression(scalar.text).names) ?? [])
    case .sequence(let elements): return elements.flatMap(\.namesRead)
    case .mapping(let entries): return entries.flatMap(\.value.namesRead)
    }
  }
}
