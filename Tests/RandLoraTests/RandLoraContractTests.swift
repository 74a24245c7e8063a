import PluginContract
import RandLora
import Testing

@Suite("RandLora and the tuner contract") struct RandLoraContractTests {
  static let contract = TunerContract(
    RandLoraConfig.self,
    samples: [
      RandLoraConfig(r: 1), RandLoraConfig(r: 4, randloraAlpha: 3), RandLoraConfig(r: 100),
      RandLoraConfig(r: 5, sparse: true, randloraDropout: 0.1),
      RandLoraConfig(r: 2, projectionPrngKey: 7, saveProjection: false, verySparse: true),
    ])

  @Test("Every clause holds", arguments: contract.clauses)
  func clause(_ clause: ContractClause) { #expect(clause.breaches() == []) }
}
