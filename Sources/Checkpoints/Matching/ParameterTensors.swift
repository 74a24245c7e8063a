public import ModelGraph
public import Tensors

/// The weights of a graph: a tensor for each parameter of the base model.
public struct ParameterTensors: Sendable {
  /// By parameter. Each has the parameter's shape, and a floating-point type that may be another than
  /// the parameter's.
  public let tensors: [Parameter.ID: Tensor]
  /// Names in the checkpoint that the graph has no use for, in alphabetical order: the head of a
  /// model of which the graph is only the body, for example. Worth a warning.
  public let unexpected: [String]

  public subscript(parameter: Parameter.ID) -> Tensor? { tensors[parameter] }
}
