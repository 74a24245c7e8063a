public import ModelGraph
import PeftBasics

/// A graph made ready to run on inputs of given shapes: steps over one block of working memory.
///
/// A program is a plan. It holds no weights, and says how much memory a run takes before anything
/// runs.
public struct Program: Sendable {
  /// An input as the program reads it.
  public struct Input: Hashable, Sendable {
    public let name: String
    public let shape: [Int]
    public let element: ElementType
    /// Whether the caller provides it. Of those left out, masks are all ones and tokens are
    /// all 0.
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
  /// How many of the first steps follow from parameters alone.
  let madeCount: Int
  let tables: [any Table]
  let arena: ArenaPlan
  /// Bytes that each worker needs for itself, a multiple of 64.
  let scratchBytes: Int
  /// How updates of weights are multiplied, in the order of their modules.
  public let updates: [PlannedUpdate]
  /// How the gradients of their factors are multiplied, where there is a choice.
  public let gradients: [PlannedGradients]
  /// The parameters that the steps read.
  let parameters: [Parameter.ID: Parameter]
  /// Those of them that are read rounded.
  let rounded: Set<Parameter.ID>
  /// Those that are read as they are stored, and not some rows of them alone.
  let readWhole: Set<Parameter.ID>
  /// Those of these that a single step reads, which makes a weight of them.
  let readOnce: Set<Parameter.ID>

  /// Plans a graph.
  /// - Parameters:
  ///   - shapes: The shapes of the inputs by name. Those that no wanted output needs are ignored.
  ///   - wanted: Names of outputs; all where nil.
  ///   - isTraining: Whether dropout is active.
  ///   - precision: What matrices are multiplied in.
  ///   - runs: How many runs are expected with the same parameters. More than one are worth making updated
  ///     weights before, and keeping them.
  ///   - reversesUpdates: Whether updates are multiplied in the order that is not chosen, to see what that would
  ///     take.
  /// - Throws: `ProgramError` where an input is missing or does not fit, or an operator has no
  ///   kernel.
  /// - Complexity: O(nodes), and O(values²) for the memory in the worst case.
  public init(
    _ graph: Graph, shapes: [String: [Int]], outputs wanted: [String]? = nil,
    isTraining: Bool = false, precision: Precision = .f32, runs: Int = 1,
    reversesUpdates: Bool = false
  ) throws(ProgramError) {
    for name in wanted ?? [] where !graph.outputs.contains(where: { $0.name == name }) {
      throw ProgramError(.unknownOutput(name, known: graph.outputs.map(\.name)))
    }
    let results = graph.outputs.filter { wanted?.contains($0.name) ?? true }
    let needed = graph.values(neededFor: results.map(\.value))
    let sizes = try InputSizes(graph, needed: needed, shapes: shapes)
    let names = results.map(\.name)
    var updates: [PlannedUpdate] = []
    // Sums with 16-bit weights are larger than these, and are not kept.
    let storesHalves = graph.parameters.contains(where: \.element.isHalf)
    let use = GraphUse(
      sizes: sizes, isTraining: false, precision: precision,
      runs: storesHalves ? 1 : max(1, runs), reversesUpdates: reversesUpdates)
    let associated = try Self.rewritten {
      try graph.takingTokensEarly(wanted: results).sharingCommonResults()
        .associated(for: use, noting: &updates)
    }
    try self.init(
      associated, outputs: associated.outputs.filter { names.contains($0.name) }, updates: updates,
      gradients: [], use, shapes: shapes, isTraining: isTraining)
  }

  /// Plans a step of training: the outputs of a graph with a loss, and a gradient for each of the
  /// parameters that the loss depends on, called as `Graph.gradientName(of:)` says. Dropout is active.
  /// - Parameters:
  ///   - runs: How many runs follow each other before the parameters change.
  ///   - recomputesBlocks: Whether repeated blocks are computed again in the backward pass instead of keeping
  ///     what is within them.
  ///   - reversesUpdates: Whether updates are multiplied in the order that is not chosen, to see what that would
  ///     take.
  /// - Throws: `ProgramError`, also where the loss depends on nothing that is trained.
  public init(
    training graph: Graph, of parameters: [Parameter.ID], shapes: [String: [Int]],
    precision: Precision = .f32, runs: Int = 1, recomputesBlocks: Bool = false,
    reversesUpdates: Bool = false
  ) throws(ProgramError) {
    let needed = graph.values(neededFor: graph.outputs.map(\.value))
    let sizes = try InputSizes(graph, needed: needed, shapes: shapes)
    var updates: [PlannedUpdate] = []
    var gradients: [PlannedGradients] = []
    let use = GraphUse(
      sizes: sizes, isTraining: true, precision: precision, runs: max(1, runs),
      reversesUpdates: reversesUpdates)
    let training = try Self.rewritten {
      try graph.numberingDropout().takingTokensEarly(wanted: graph.outputs)
        .sharingCommonResults()
        .associated(for: use, noting: &updates)
        .differentiated(
          loss: Loss.outputName, by: parameters, recomputesBlocks: recomputesBlocks
        )
        .orderingGradients(sizes: sizes, precision: precision, noting: &gradients)
    }
    try self.init(
      training, outputs: training.outputs, updates: updates, gradients: gradients, use,
      shapes: shapes, isTraining: true)
  }

  private init(
    _ exact: Graph, outputs wanted: [Graph.Output], updates: [PlannedUpdate],
    gradients: [PlannedGradients], _ use: GraphUse, shapes: [String: [Int]], isTraining: Bool
  ) throws(ProgramError) {
    (self.updates, self.gradients) = (updates, gradients)
    let names = Set(wanted.map(\.name))
    let graph = try Self.rewritten {
      switch use.precision {
      case .f32: exact
      case .bf16: try exact.roundingFactors(isTraining: isTraining)
      }
    }
    let results = graph.outputs.filter { names.contains($0.name) }
    let needed = graph.values(neededFor: results.map(\.value))
    var lowering = Lowering(
      graph, outputs: results, needed: needed, sizes: use.sizes, isTraining: isTraining)
    inputs = try lowering.addInputs(shapes: shapes)
    for node in graph.nodes where node.results.contains(where: needed.contains) {
      try lowering.add(node)
    }
    outputs = try lowering.finishOutputs()
    let keepsMadeWeights = use.isTraining || use.runs > 1
    madeCount = keepsMadeWeights ? lowering.builder.moveMadeWeightsFirst(outputs: outputs) : 0
    steps = lowering.builder.steps
    tables = lowering.builder.tables
    arena = ArenaPlan(lowering.builder.buffers(outputs: outputs, madeCount: madeCount))
    var scratchBytes = 0
    for step in steps {
      let bytes = step.kernel.scratchBytes(operands: step.operands, results: step.results)
      guard bytes <= Self.byteLimit else {
        throw ProgramError(
          .tooLarge(
            module: step.module,
            shape: "what is computed on the way to \(step.results.first?.layout.shape ?? [])"))
      }
      scratchBytes = max(scratchBytes, bytes)
    }
    self.scratchBytes = scratchBytes.roundedUp(to: 64)
    var parameters: [Parameter.ID: Parameter] = [:]
    var (rounded, whole): (Set<Parameter.ID>, Set<Parameter.ID>) = ([], [])
    var (made, reads): (Set<Parameter.ID>, [Parameter.ID: Int]) = ([], [:])
    for (index, step) in steps.enumerated() {
      for place in step.operands.map(\.place) {
        switch place {
        case .parameter(let id):
          parameters[id] = graph[id]
          reads[id, default: 0] += 1
          if index < madeCount { made.insert(id) }
          if !(step.kernel is Embedding) { whole.insert(id) }
        case .rounded(let id):
          parameters[id] = graph[id]
          rounded.insert(id)
        case .buffer, .table: break
        }
      }
    }
    self.parameters = parameters
    self.rounded = rounded
    readWhole = whole
    readOnce = made.filter { reads[$0] == 1 }
  }

  /// What a rewrite makes of a graph, with its error as one of planning.
  private static func rewritten(_ rewrite: () throws -> Graph) throws(ProgramError) -> Graph {
    do { return try rewrite() } catch let error as ProgramError { throw error } catch {
      throw ProgramError(.rewriting(AnyDiagnosis(error)))
    }
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
