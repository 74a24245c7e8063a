import CPUCore
public import ModelDescription
import ModelGraph
import Tensors

extension Model {
  /// What stands for weights that are drawn instead of being read.
  public static let randomWeights = "random"

  /// A described model with random numbers, for experiments that need no checkpoint.
  ///
  /// Matrices and tables are uniform between ±1/√(entries of a row), as PyTorch's linear layers are;
  /// biases are zero, and other vectors one.
  /// - Parameter seed: The same seed gives the same numbers.
  public convenience init(
    random description: ModelDescription, seed: Int = 0, threads: Int? = nil
  ) throws {
    let graph = try description.graph()
    let drawn = graph.settingInitialValues { parameter in
      if parameter.shape.count > 1 {
        let row = parameter.shape.dropFirst().reduce(1, *)
        return .uniform(bound: 1 / Double(max(1, row)).squareRoot())
      }
      return parameter.name.hasSuffix("bias") ? .zeros : .ones
    }
    var values = InitialValues(seed: seed)
    let tensors = try values.fill(drawn) { _ in true }
    self.init(graph, parameters: tensors, threads: threads)
  }
}
