import CPUCore
import ModelGraph
import PeftAdapters
import TunerKit

/// A model with an adapter and a loss, and which of its parameters are trained: what a training runs,
/// and what a plan counts.
struct TrainingGraph {
  /// With the adapter's dropout and terms of the loss in it, and the loss as its output.
  private(set) var training: Graph
  /// The same without dropout and the adapter's terms, and with the output that is scored.
  private(set) var measuring: Graph
  /// What the adapter trains and the loss depends on.
  let trained: [Parameter.ID]

  /// - Parameters:
  ///   - base: The model, without the adapter; its parameters in the types that they are stored in.
  ///   - dropout: One dropout rate for all the model's own dropouts; its own rates where nil.
  /// - Throws: `GradientError` where nothing that is trained changes the loss; `LossError` where the
  ///   model has no output for it.
  init(
    _ adapter: Adapter, on base: Graph, objective: TrainingObjective, dropout: Double? = nil
  ) throws {
    let dropping = try dropout.map(base.dropping) ?? base
    let graph = try dropping.adapted(by: adapter, inTraining: true).measuring(objective)
      .adding(
        lossTermsOf: adapter, to: Loss.outputName, scaledBy: Loss.termScaleName)
    let candidates = Array(graph.modules.parameters).filter {
      graph[$0].role == .adapter(adapter.name)
    }
    let reached = Set(
      try graph.differentiated(loss: Loss.outputName, by: candidates).outputs.map(\.name))
    trained = candidates.filter { reached.contains(Graph.gradientName(of: graph[$0].name)) }
    training = graph
    measuring = try base.adapted(by: adapter, inTraining: false).evaluating(objective)
  }

  /// The same with parameters in the types that they have in a model with the adapter in it. What is
  /// trained becomes 32-bit floats, whatever it is read from.
  func storing(as adapted: Graph) -> TrainingGraph {
    var elements: [Parameter.ID: ElementType] = [:]
    for parameter in training.parameters {
      guard let id = training.parameter(named: parameter.name),
        let other = adapted.parameter(named: parameter.name)
      else { continue }
      elements[id] = adapted[other].element
    }
    for id in trained { elements[id] = .float32 }
    var copy = self
    copy.training = training.storing(elements)
    copy.measuring = measuring.storing(elements)
    return copy
  }

  /// What a step is, as far as its program depends on it.
  struct Step: Hashable {
    /// Its micro-batches.
    var accumulate = 1
    /// Whether repeated blocks are computed again in the backward pass.
    var recomputesBlocks = false
  }

  /// The program of a micro-batch.
  /// - Parameter reversesUpdates: Whether updates are multiplied in the orders that are not chosen.
  func program(
    shapes: [String: [Int]], precision: Precision, step: Step, reversesUpdates: Bool = false
  ) throws(ProgramError) -> Program {
    try Program(
      training: training, of: trained,
      shapes: shapes.merging(scaleNames.map { ($0, []) }) { $1 }, precision: precision,
      runs: step.accumulate, recomputesBlocks: step.recomputesBlocks,
      reversesUpdates: reversesUpdates)
  }

  /// The inputs of a training program that are not part of a batch: factors of the loss.
  var scaleNames: [String] {
    [Loss.scaleName, Loss.termScaleName].filter { name in
      training.inputs.contains { $0.name == name }
    }
  }

  /// The shapes of what is trained.
  var shapes: [[Int]] { trained.map { training[$0].shape } }
}
