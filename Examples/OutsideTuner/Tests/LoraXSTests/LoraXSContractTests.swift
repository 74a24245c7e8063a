import LoraXS
import PluginContract
import Testing

@Suite("LoRA-XS and the tuner contract") struct LoraXSContractTests {
  static let contract = TunerContract(
    LoraXSConfig.self,
    samples: [1, 3, 64].map { r in
      var configuration = LoraXSConfig()
      configuration.r = r
      return configuration
    })

  @Test("Every clause holds", arguments: contract.clauses)
  func clause(_ clause: ContractClause) { #expect(clause.breaches() == []) }
}
