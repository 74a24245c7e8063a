public import ModelGraph
public import Tensors

/// Fills parameters by their rules, from one generator and the keys of their bases.
///
/// Parameters are filled in the order in which PyTorch registers their modules, and in a module in
/// the order in which they were added. Each first discards its `discardedDraws`. With a generator
/// seeded as torch's, LoRA and RandLora get the numbers that PEFT gives them right after
/// `torch.manual_seed(seed)`, for a model in 32-bit floats. Bases take nothing from the generator.
public struct InitialValues: Sendable {
  public private(set) var generator: TorchGenerator
  private var bases = BasisSource()

  public init(from generator: TorchGenerator) { self.generator = generator }

  public init(seed: Int) { self.init(from: TorchGenerator(seed: seed)) }

  /// Fresh values of a graph's parameters, as 32-bit floats.
  ///
  /// - Parameter isIncluded: Which parameters to fill; those that a checkpoint holds are never.
  /// - Throws: `RandomBasisError`, or `SizeOverflow` for discarded draws that cannot be counted.
  public mutating func fill(
    _ graph: Graph, where isIncluded: (Parameter) -> Bool = { _ in true }
  ) throws -> [Parameter.ID: Tensor] {
    var values: [Parameter.ID: Tensor] = [:]
    var waiting: [(id: Parameter.ID, basis: RandomBasis)] = []
    for id in graph.modules.parameters where isIncluded(graph[id]) {
      let parameter = graph[id]
      for draw in parameter.discardedDraws { try generator.discard(draw) }
      switch parameter.initial {
      case .loaded: break
      case .basis(let basis): waiting.append((id, basis))
      case .constant(let value):
        values[id] = Tensor(shape: parameter.shape, type: .float32) { bytes in
          if value != 0 { bytes.bindMemory(to: Float.self).update(repeating: Float(value)) }
        }
      case .uniform(let bound):
        values[id] = generator.uniform(parameter.shape, from: Float(-bound), to: Float(bound))
      case .normal(let deviation):
        values[id] = generator.normal(parameter.shape, deviation: Float(deviation))
      }
    }
    // Bases of one key make one pass over its words.
    waiting.sort {
      ($0.basis.key, $0.basis.precedingWords) < ($1.basis.key, $1.basis.precedingWords)
    }
    for (id, basis) in waiting { values[id] = try bases.draw(basis, shape: graph[id].shape) }
    return values
  }
}
