import CPUCore
import ModelGraph
import PeftCheckpoints
import PeftTensors

/// What the key of a basis gives in one generation of torch, to be compared with what a file has.
struct KeyedBasis {
  let numbers: Tensor

  /// Draws the basis.
  /// - Throws: `RandomBasisError` where the key gives none of that shape.
  init(
    _ basis: RandomBasis, _ generation: TorchGeneration, shape: [Int],
    from source: inout BasisSource
  ) throws(RandomBasisError) {
    numbers = try source.draw(basis.drawn(by: generation), shape: shape)
  }

  /// Whether 32-bit floats of a file are the same to the bit.
  func `is`(_ found: Tensor) -> Bool { numbers.isIdentical(to: found) }
}

extension RandomBasis {
  /// The generations of torch that draw different bases, the likeliest first.
  func generations(first: TorchGeneration? = nil) -> [TorchGeneration] {
    guard dependsOnGeneration else { return [.current] }
    let first = first ?? .current
    return [first] + TorchGeneration.allCases.filter { $0 != first }
  }
}

extension TorchGeneration {
  /// The releases of torch that draw so, and the others.
  var torchReleases: (these: String, others: String) {
    switch self {
    case .float: ("from 2.12 on", "up to 2.11")
    case .bfloat16: ("up to 2.11", "from 2.12 on")
    }
  }
}

extension RandomBasis {
  /// Whether generations of torch draw different bases; ternary ones are the same in all.
  var dependsOnGeneration: Bool {
    if case .kaimingUniform = distribution { true } else { false }
  }

  func drawn(by generation: TorchGeneration) -> RandomBasis {
    RandomBasis(
      key: key, precedingWords: precedingWords, distribution: distribution,
      generation: generation)
  }
}
