import CPUCore
public import ModelDescription
package import ModelGraph
import PeftTensors

extension Model {
  /// Weights that are drawn at random instead of being read.
  public static let randomWeights = "random"

  /// A described model with random weights, for experiments that need no checkpoint.
  ///
  /// Matrices and tables are uniform between ±1/√(entries of a row), as PyTorch's linear layers are;
  /// biases are zero, and other vectors one.
  /// - Parameter seed: The same seed gives the same weights.
  public convenience init(
    random description: ModelDescription, seed: Int = 0, threads: Int? = nil
  ) throws {
    try self.init(random: description.graph(), seed: seed, threads: threads)
  }

  convenience init(random graph: Graph, seed: Int, threads: Int?) throws {
    let drawn = graph.fillingMatrices { matrix in
      let row = matrix.shape.dropFirst().reduce(1, *)
      return .uniform(bound: 1 / Double(max(1, row)).squareRoot())
    }
    var values = InitialValues(seed: seed)
    let tensors = try values.fill(drawn) { _ in true }
    self.init(graph, parameters: tensors, threads: threads)
  }

  /// This model with initial values for parameters that have none, as transformers initialises what a
  /// checkpoint lacks: matrices and tables normal, biases and the row of padding zero, other vectors
  /// one. After `torch.manual_seed(seed)` its values are the same, loaded in 32 bits.
  package func startingFresh(
    _ missing: Set<Parameter.ID>, deviation: Double, seed: Int, warnings: [String]
  ) throws -> Model {
    let names = Set(missing.map { graph[$0].name })
    var values = InitialValues(seed: seed)
    var fresh = try values.fill(graph.fillingMatrices { _ in .normal(deviation: deviation) }) {
      names.contains($0.name)
    }
    for (id, row) in graph.paddingRows { fresh[id] = fresh[id]?.withZeros(inRow: row) }
    return changed(parameters: parameters.merging(fresh) { $1 }, warnings: warnings)
  }
}

extension Graph {
  /// This graph with biases at zero, other vectors at one, and matrices and tables as the rule says.
  fileprivate func fillingMatrices(by rule: (Parameter) -> InitialValue) -> Graph {
    settingInitialValues { parameter in
      if parameter.role == .buffer { return parameter.initial }
      if parameter.shape.count > 1 { return rule(parameter) }
      return parameter.name.hasSuffix("bias") ? .zeros : .ones
    }
  }

  /// The rows of tables that are not trained.
  fileprivate var paddingRows: [(table: Parameter.ID, row: Int)] {
    nodes.compactMap { node in
      guard let row = (node.operation as? Embedding)?.padding,
        let table = parameter(readBy: node.operands[1])
      else { return nil }
      return (table, row)
    }
  }
}

extension Tensor {
  fileprivate func withZeros(inRow row: Int) -> Tensor {
    var (numbers, width) = (floats(), shape[1])
    for entry in row * width..<(row + 1) * width { numbers[entry] = 0 }
    return Tensor(numbers, shape: shape)
  }
}
