import CPUCore
package import PeftTensors

/// A model that is called with batches of several lengths: its programs for the shapes that were used last are
/// kept, and take turns in one workspace. It is for one task at a time.
package final class BatchedModel {
  package let model: Model
  private let executors: RecentExecutors<[String: [Int]]>

  /// Batches of one shape, as it is planned: weights that are made are kept for them.
  private static let expectedRuns = 8

  /// - Parameter outputs: The names of those that are wanted; all where nil.
  package init(_ model: Model, outputs: [String]? = nil) {
    self.model = model
    let (graph, precision) = (model.graph, model.precision)
    executors = RecentExecutors(parameters: model.parameters, threads: model.threads) { shapes in
      try Program(
        graph, shapes: shapes, outputs: outputs, precision: precision, runs: Self.expectedRuns)
    }
  }

  /// Computes the outputs, as 32-bit floats.
  /// - Throws: As `Model`.
  package func callAsFunction(_ inputs: [String: Tensor]) throws -> [String: Tensor] {
    try executors.executor(inputs.mapValues(\.shape)).run(inputs)
  }
}
