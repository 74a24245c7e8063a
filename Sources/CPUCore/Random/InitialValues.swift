public import ModelGraph
import PeftBasics
public import PeftTensors

/// Initialises parameters by their rules, from one generator and the keys of their bases.
///
/// Parameters are filled in the order in which PyTorch registers their modules, and in a module in
/// the order in which they were added. Each first discards its `discardedDraws`. With a generator
/// seeded as torch's, tuners that follow PEFT's order get the values that PEFT gives them right after
/// `torch.manual_seed(seed)`, for a model in 32-bit floats. Bases take nothing from the generator.
public struct InitialValues: Sendable {
  public private(set) var generator: TorchGenerator
  private var bases = BasisSource()
  /// The orthogonal matrix that two factors share, once the first of them is drawn.
  private var sharedMatrix: [Float] = []

  public init(from generator: TorchGenerator) { self.generator = generator }

  public init(seed: Int) { self.init(from: TorchGenerator(seed: seed)) }

  /// Fresh values of a graph's parameters, as 32-bit floats.
  ///
  /// - Parameter isIncluded: Which parameters to fill. Those that a checkpoint holds are never, nor those
  ///   that follow from the values of others.
  /// - Throws: `RandomBasisError`; `SizeOverflow` for what cannot be counted; `RunError` where there is too
  ///   little memory for all of them.
  public mutating func fill(
    _ graph: Graph, where isIncluded: (Parameter) -> Bool = { _ in true }
  ) throws -> [Parameter.ID: Tensor] {
    try checkMemory(graph, where: isIncluded)
    var values: [Parameter.ID: Tensor] = [:]
    var waiting: [(id: Parameter.ID, basis: RandomBasis)] = []
    for id in Array(graph.modules.parameters) + graph.buffers where isIncluded(graph[id]) {
      let parameter = graph[id]
      for draw in parameter.discardedDraws { try generator.discard(draw) }
      switch parameter.initial {
      case .loaded, .copy, .derived: break
      case .orthogonal(let factor):
        values[id] = try orthogonal(factor, shape: parameter.shape)
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

extension InitialValues {
  /// Ranks and widths come from files and settings.
  private func checkMemory(_ graph: Graph, where isIncluded: (Parameter) -> Bool) throws {
    var sizes: [Int] = []
    for id in Array(graph.modules.parameters) + graph.buffers where isIncluded(graph[id]) {
      let parameter = graph[id]
      switch parameter.initial {
      case .loaded, .copy, .derived: continue
      case .orthogonal(let factor):
        // The square matrix, what it is made of, and work.
        sizes.append(try [4, factor.rank, factor.rank].checkedProduct())
      case .basis, .constant, .uniform, .normal: break
      }
      sizes.append(try parameter.shape.checkedProduct())
    }
    let count = try sizes.checkedSum(of: "the number of fresh weights")
    try MachineMemory.check([count, MemoryLayout<Float>.stride].checkedProduct())
  }

  /// Normal numbers times every other row of an orthogonal matrix `[rank, rank]`, over ten.
  private mutating func orthogonal(
    _ factor: OrthogonalFactor, shape: [Int]
  ) throws(DecompositionError) -> Tensor {
    let rank = factor.rank
    if factor.side == .right || sharedMatrix.count != rank * rank {
      let random = generator.normal([rank, rank], deviation: 1)
      sharedMatrix = try LeadingQR(of: random, rank: rank).q.floats()
    }
    let isRight = factor.side == .right
    let (matrix, half, width) = (sharedMatrix, rank / 2, isRight ? shape[1] : shape[0])
    let numbers = generator.normal(isRight ? [width, half] : [half, width], deviation: 1).floats()
    func entry(_ place: Int, _ k: Int) -> Float {
      let sum = (0..<half).reduce(Float(0)) { sum, j in
        isRight
          ? sum + numbers[place * half + j] * matrix[2 * j * rank + k]
          : sum + numbers[j * width + place] * matrix[(2 * j + 1) * rank + k]
      }
      return sum / 10
    }
    return Tensor(shape: shape, type: .float32) { bytes in
      let entries = bytes.bindMemory(to: Float.self)
      for place in 0..<width {
        for k in 0..<rank {
          entries[isRight ? k * width + place : place * rank + k] = entry(place, k)
        }
      }
    }
  }
}
