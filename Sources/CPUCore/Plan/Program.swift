public import ModelGraph

/// A graph made ready to run on inputs of given shapes: steps over one block of working memory.
///
/// A program is a plan. It holds no numbers, and says how much memory a run takes before anything
/// runs.
public struct Program: Sendable {
  /// An input as the program reads it.
  public struct Input: Hashable, Sendable {
    public let name: String
    public let shape: [Int]
    public let element: ElementType
    /// Whether the caller provides it. Of those left out, masks count every position and tokens
    /// are all 0.
    public let isGiven: Bool
    let buffer: Int
  }

  /// An output, as 32-bit floats.
  public struct Output: Hashable, Sendable {
    public let name: String
    public let shape: [Int]
    let buffer: Int

    var byteCount: Int { 4 * shape.reduce(1, *) }
  }

  /// More than any machine has. Sums and small multiples of as many bytes stay below 2⁶³.
  static let byteLimit = 1 << 50

  public let inputs: [Input]
  public let outputs: [Output]
  let steps: [Step]
  let tables: [any Table]
  let arena: ArenaPlan
  /// Bytes that each worker needs for itself, a multiple of 64.
  let scratchBytes: Int
  /// The parameters that the steps read.
  let parameters: [Parameter.ID: Parameter]

  /// Plans a graph.
  /// - Parameters:
  ///   - shapes: The shapes of the inputs by name. Those that no wanted output needs are ignored.
  ///   - wanted: Names of outputs; all where nil.
  ///   - isTraining: Whether dropout is active.
  /// - Throws: `ProgramError` where an input is missing or does not fit, or an operator has no
  ///   kernel.
  /// - Complexity: O(nodes), and O(values²) for the memory in the worst case.
  public init(
    _ graph: Graph, shapes: [String: [Int]], outputs wanted: [String]? = nil,
    isTraining: Bool = false
  ) throws(ProgramError) {
    for name in wanted ?? [] where !graph.outputs.contains(where: { $0.name == name }) {
      throw ProgramError(.unknownOutput(name, known: graph.outputs.map(\.name)))
    }
    let results = graph.outputs.filter { wanted?.contains($0.name) ?? true }
    let needed = graph.values(neededFor: results.map(\.value))
    let sizes = try InputSizes(graph, needed: needed, shapes: shapes)
    var lowering = Lowering(graph, outputs: results, needed: needed, isTraining: isTraining)
    inputs = try lowering.addInputs(shapes: shapes, sizes: sizes)
    for node in graph.nodes where node.results.contains(where: needed.contains) {
      try lowering.add(node)
    }
    outputs = try lowering.finishOutputs()
    steps = lowering.builder.steps
    tables = lowering.builder.tables
    arena = ArenaPlan(lowering.builder.buffers(inputs: inputs, outputs: outputs))
    var scratchBytes = 0
    for step in steps {
      let bytes = step.kernel.scratchBytes(operands: step.operands, results: step.results)
      guard bytes <= Self.byteLimit else {
        throw ProgramError(
          .tooLarge(
            module: step.module,
            shape: "what is computed on the way to \(step.results[0].layout.shape)"))
      }
      scratchBytes = max(scratchBytes, bytes)
    }
    self.scratchBytes = scratchBytes.roundedUp(to: 64)
    var parameters: [Parameter.ID: Parameter] = [:]
    for case .parameter(let id) in steps.flatMap({ $0.operands.map(\.place) }) {
      parameters[id] = graph[id]
    }
    self.parameters = parameters
  }

  /// Bytes that a run takes beside its parameters: intermediate values, outputs, tables, and what each
  /// thread needs for itself.
  public func byteCount(threads: Int) -> Int {
    let tableBytes = tables.reduce(0) { $0 + (4 * $1.count).roundedUp(to: 64) }
    let outputBytes = outputs.reduce(0) { $0 + $1.byteCount }
    return arena.byteCount + outputBytes + tableBytes
      + max(1, threads) * scratchBytes
  }
}

extension Graph {
  /// All values that the given ones depend on, themselves included.
  func values(neededFor wanted: [Value.ID]) -> Set<Value.ID> {
    var needed = Set(wanted)
    for node in nodes.reversed() where node.results.contains(where: needed.contains) {
      needed.formUnion(node.operands)
    }
    return needed
  }
}
