public import ModelDescription
public import ModelGraph
import PeftAdapters
import PeftCheckpoints
public import TunerKit

extension ModelDescription {
  /// The graph, with parameters in the types that they have in the checkpoint's files. No number is
  /// read; without files all are 32-bit floats.
  /// - Parameter tuners: What the graph is for: the files may lack what each of them saves in full.
  public func storedGraph(for tuners: [any TunerConfiguration] = []) throws -> Graph {
    do { return try Model(self).graph } catch is MissingWeights {
      return try graph()
    } catch let error as CheckpointError where error.reason == .noWeights {
      return try graph()
    } catch is ParameterMismatch where !tuners.isEmpty {
      let graph = try graph()
      let optional = try graph.replacedParameters(byAll: tuners)
      return try Model(self, graph, weights: weightsPath(nil), optional: optional).graph
    }
  }
}
