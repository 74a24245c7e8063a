public import ModelGraph
public import PeftTensors

/// The weights of a graph: a tensor for each parameter of the base model that the files have.
public struct ParameterTensors: Sendable {
  /// By parameter. Each has the parameter's shape, and a floating-point type that may be another than
  /// the parameter's.
  public let tensors: [Parameter.ID: Tensor]
  /// What the files call the tensor of each parameter.
  public let names: [Parameter.ID: String]
  /// Further names, in the order of the alphabet, under which the files hold the very same numbers of
  /// a parameter that has several. Whoever changes it in the files changes all of them.
  public let copies: [Parameter.ID: [String]]
  /// Names in the checkpoint that the graph has no use for, in alphabetical order: the head of a
  /// model of which the graph is only the body, for example. Worth a warning.
  public let unexpected: [String]
  /// Tensors of parameters that the files need not have, in other sizes than the model's. Worth a
  /// warning.
  public let unused: [ParameterMismatch.Misshapen]

  public subscript(parameter: Parameter.ID) -> Tensor? { tensors[parameter] }
}
