import Checkpoints
public import ModelDescription
public import ModelGraph

extension ModelDescription {
  /// The graph, with parameters in the types that they have in the checkpoint's files. No number is
  /// read; without files all are 32-bit floats.
  public func storedGraph() throws -> Graph {
    do { return try Model(self).graph } catch is MissingWeights {
      return try graph()
    } catch let error as CheckpointError where error.reason == .noWeights {
      return try graph()
    }
  }
}
