public import ModelGraph
public import PeftTensors

/// The weights of a graph: a tensor for each parameter of the base model that the files have.
public struct ParameterTensors: Sendable {
  /// By parameter. Each has the parameter's shape, and a floating-point type that may be another than
  /// the parameter's.
  public let tensors: [Parameter.ID: Tensor]
  /// What the files call the tensor of each parameter.
  public let names: [Parameter.ID: String]
  /// Further names, in the order of the alphabet, under which the files hold the same values of a
  /// parameter that has several. Whoever changes it in the files changes all of them.
  public let copies: [Parameter.ID: [String]]
  /// Modules that share a parameter in the graph and have values of their own in the files, which differ:
  /// a head beside the embedding that it is said to be tied to. The graph is to be separated there.
  public let untied: [Untied]
  /// Names in the checkpoint that the graph has no use for, in alphabetical order: the head of a
  /// model of which the graph is only the body, for example. Worth a warning.
  public let unexpected: [String]
  /// Tensors of parameters that the files need not have, in other sizes than the model's. Worth a
  /// warning.
  public let unused: [ParameterMismatch.Misshapen]

  /// A parameter that the graph shares, and the files do not.
  public struct Untied: Sendable {
    /// What its module calls it: `lm_head.weight`.
    public let name: String
    public let tensor: Tensor
    /// The parameter that it is shared with in the graph.
    public let from: String
  }

  public subscript(parameter: Parameter.ID) -> Tensor? { tensors[parameter] }
}
