import TunerKit

/// The pair of random tensors that all sites of one RandLora adapter share.
///
/// They are sized over all sites: of the largest `out` and the largest `in`, d is the smaller and D
/// the larger. `A: [r, 1, d]` takes the first words of the key's stream, `B: [D, n, r]` the next.
/// - SeeAlso: `peft/tuners/randlora/model.py`, `_init_randlora_A_randlora_B`.
struct RandomBases: Sendable {
  let a: WeightUpdate
  let b: WeightUpdate

  init(_ configuration: RandLoraConfig, sites: [Site]) throws {
    let outputs = sites.map(\.outputs).max() ?? 1
    let inputs = sites.map(\.inputs).max() ?? 1
    let (d, larger, r) = (min(outputs, inputs), max(outputs, inputs), configuration.r)
    let n = Self.count(covering: d, rank: r)
    let words = try [r, d].checkedProduct()
    _ = try [larger, n, r].checkedProduct()

    func drawn(_ fan: Int, blocks: Int, after precedingWords: Int) -> InitialValue {
      let distribution: RandomBasis.Distribution =
        if configuration.verySparse {
          .ternary(sparsity: Double(d).squareRoot())
        } else if configuration.sparse {
          .ternary(sparsity: 3)
        } else {
          .kaimingUniform(fan: fan, blocks: blocks)
        }
      return .basis(
        RandomBasis(
          key: configuration.projectionPrngKey, precedingWords: precedingWords,
          distribution: distribution, generation: .current))
    }
    a = .frozen(
      "randlora_A", [r, 1, d], initially: drawn(d, blocks: 1, after: 0),
      copiesInPEFT: .onePerModule)
    b = .frozen(
      "randlora_B", [larger, n, r], initially: drawn(r, blocks: n, after: words),
      copiesInPEFT: .onePerModule)
  }

  /// How many bases of rank `r` it takes to span `d` dimensions: ⌈d / r⌉.
  static func count(covering d: Int, rank r: Int) -> Int { d / r + (d % r == 0 ? 0 : 1) }
}
