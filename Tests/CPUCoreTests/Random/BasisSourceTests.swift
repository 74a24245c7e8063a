import CPUCore
import ModelGraph
import PeftTensors
import Testing

@Suite("Random bases") struct BasisSourceTests {
  @Test("Bases are PEFT's, to the bit", arguments: try RandomFixture.bases.get())
  func bases(row: RandomFixture.Bases) throws {
    let rules = try row.rules()
    var source = BasisSource()
    for (rule, basis) in [(rules.a, row.a), (rules.b, row.b)] {
      guard let sha256 = basis.sha256 else {
        let error = #expect(throws: RandomBasisError.self) {
          try source.draw(rule, shape: basis.shape)
        }
        #expect(error == RandomBasisError(.noSpread, rule, shape: basis.shape))
        continue
      }
      let drawn = try source.draw(rule, shape: basis.shape)
      #expect(drawn.shape == basis.shape && drawn.type == .float32)
      #expect(Array(drawn.floats().prefix(4)) == basis.first)
      #expect(drawn.digest == sha256)
    }
  }

  private func ternary(key: Int, after words: Int = 0) -> RandomBasis {
    RandomBasis(key: key, precedingWords: words, distribution: .ternary(sparsity: 1))
  }

  @Test("A basis is the same whatever its source has drawn before")
  func anyOrder() throws {
    let expected = try (0..<3).map { index in
      var fresh = BasisSource()
      return try fresh.draw(ternary(key: 4, after: index * 700), shape: [7, 100]).floats()
    }
    var source = BasisSource()
    for index in [0, 2, 1, 1, 0, 2] {
      let drawn = try source.draw(ternary(key: 4, after: index * 700), shape: [7, 100])
      #expect(drawn.floats() == expected[index])
      _ = try source.draw(ternary(key: 5 + index % 2), shape: [20])
      // A basis that is refused may have taken words, too.
      let refused = ternary(key: 4, after: 100)
      #expect(throws: RandomBasisError(.noSpread, refused, shape: [1])) {
        try source.draw(refused, shape: [1])
      }
    }
  }

  @Test("Blocks are drawn one after the other, and stand side by side")
  func blocks() throws {
    func rule(blocks: Int, after words: Int = 0) -> RandomBasis {
      RandomBasis(
        key: 3, precedingWords: words, distribution: .kaimingUniform(fan: 1, blocks: blocks))
    }
    var source = BasisSource()
    let run = try source.draw(rule(blocks: 1), shape: [6, 10, 2]).floats()
    let sideBySide = try source.draw(rule(blocks: 5), shape: [6, 10, 2]).floats()
    // The same numbers, so the same standard deviation: only the places differ.
    for row in 0..<6 {
      for (column, drawn) in (0..<20).map({ ($0, run[$0 / 4 * 24 + row * 4 + $0 % 4]) }) {
        #expect(sideBySide[row * 20 + column] == drawn)
      }
    }
  }

  @Test("The older torch draws other dense bases and the same ternary ones")
  func generations() throws {
    func drawn(_ generation: TorchGeneration, _ rule: RandomBasis.Distribution) throws -> [Float] {
      var source = BasisSource()
      let basis = RandomBasis(
        key: 8, precedingWords: 0, distribution: rule, generation: generation)
      return try source.draw(basis, shape: [30, 30]).floats()
    }
    let dense = RandomBasis.Distribution.kaimingUniform(fan: 3, blocks: 1)
    #expect(try drawn(.bfloat16, dense) != drawn(.float, dense))
    #expect(try drawn(.bfloat16, .ternary(sparsity: 3)) == drawn(.float, .ternary(sparsity: 3)))
  }

  @Test("What contradicts itself is refused")
  func refusals() {
    func refusal(
      _ rule: RandomBasis.Distribution, _ shape: [Int], after words: Int = 0
    ) -> RandomBasisError.Reason? {
      var source = BasisSource()
      let basis = RandomBasis(key: 1, precedingWords: words, distribution: rule)
      return #expect(throws: RandomBasisError.self) { try source.draw(basis, shape: shape) }?.reason
    }
    let dense = RandomBasis.Distribution.kaimingUniform(fan: 3, blocks: 2)
    #expect(refusal(dense, [4, 3, 2]) == .blocksDoNotDivide(blocks: 2))
    #expect(refusal(dense, [4]) == .blocksDoNotDivide(blocks: 2))
    #expect(
      refusal(.kaimingUniform(fan: 3, blocks: 0), [4, 4]) == .blocksDoNotDivide(blocks: 0))
    #expect(
      refusal(.kaimingUniform(fan: 0, blocks: 1), [4, 4]) == .badSetting("a fan of 0"))
    #expect(refusal(.ternary(sparsity: 0), [4, 4]) == .badSetting("a sparsity of 0.0"))
    #expect(refusal(.ternary(sparsity: .nan), [4, 4]) == .badSetting("a sparsity of nan"))
    #expect(
      refusal(.ternary(sparsity: 3), [4, 4], after: -1) == .badSetting("-1 preceding words"))
    #expect(refusal(.ternary(sparsity: 3), [.max, 2]) == .badShape)
    #expect(refusal(.ternary(sparsity: 3), [-1, -1]) == .badShape)
    #expect(refusal(.ternary(sparsity: 3), [0, 4]) == .noSpread)
    #expect(refusal(dense, [0, 2, 4]) == .noSpread)
    #expect(refusal(.ternary(sparsity: 1e300), [100, 100]) == .noSpread)
  }

  @Test("A basis without spread is reported with what to change")
  func message() {
    let basis = RandomBasis(key: 2, precedingWords: 0, distribution: .ternary(sparsity: 3))
    #expect(
      "\(RandomBasisError(.noSpread, basis, shape: [1, 1, 2]))" == """
        random basis [1, 1, 2] of key 2: all its entries are equal, so they cannot be divided by \
        their standard deviation
          fix: choose another key, bases that are less sparse, or larger modules
        """)
  }
}
