import LoRA
import PluginContract
import Testing

@Suite("LoRA and the tuner contract") struct LoRAContractTests {
  static let contract = TunerContract(
    LoraConfig.self,
    samples: [
      LoraConfig(r: 1, loraAlpha: 3), LoraConfig(r: 3, loraAlpha: 0.5, useRslora: true),
      LoraConfig(r: 64, loraDropout: 0.1), patterned, LoraConfig(r: 3, useDora: true),
      LoraConfig(r: 2, loraDropout: 0.1, initLoraWeights: .gaussian, useDora: true),
      LoraConfig(r: 2, initLoraWeights: .gaussian),
    ])

  private static var patterned: LoraConfig {
    var configuration = LoraConfig(r: 2)
    configuration.rankPattern = ["head": 5, ".*": 1]
    configuration.alphaPattern = ["0.*": 7]
    return configuration
  }

  @Test("Every clause holds", arguments: contract.clauses)
  func clause(_ clause: ContractClause) { #expect(clause.breaches() == []) }
}
