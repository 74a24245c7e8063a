import Peft
import PeftTestSupport
import Testing

@Suite("What a plain LoRA lacks") struct PlainLoRATests {
  private static func plain(
    _ configuration: some TunerConfiguration, model: String = "gpt2", layers: Int = 1
  ) throws -> PlainLoRA {
    let graph = try ModelDescription(
      model,
      setting: [("layers", "\(layers)"), ("width", "24"), ("heads", "2"), ("vocabulary", "11")]
    ).graph()
    let base = Model(graph, parameters: [:])
    return try PlainLoRA(AdapterWeights(Adapter(configuration, for: graph), on: base), on: base)
  }

  @Test("Every part that has no place is named")
  func parts() throws {
    var config = LoraConfig(
      r: 2, targetModules: ["c_attn", "wte"], bias: .all, modulesToSave: ["ln_f"])
    let plain = try Self.plain(config)
    #expect(
      message { _ = try plain.adapter() } == """
        a plain LoRA has no place for:
          transformer.ln_f, trained in full (modules_to_save)
          transformer.h.0.ln_1.bias, a trained bias
          transformer.h.0.attn.c_attn.bias, a trained bias
          transformer.h.0.attn.c_proj.bias, a trained bias
          transformer.h.0.ln_2.bias, a trained bias
          transformer.h.0.mlp.c_fc.bias, a trained bias
          transformer.h.0.mlp.c_proj.bias, a trained bias
          the update of the embedding transformer.wte
          fix: merge the adapter, or leave this out with --drop: the model then answers differently
        """)
    let left = try plain.adapter(dropping: true).adapter
    #expect(left.updates.map(\.site.path) == ["transformer.h.0.attn.c_attn"])
    #expect(left.copies.isEmpty)
    config = LoraConfig(r: 2, targetModules: ["c_attn"], loraBias: true)
    #expect(
      try Self.plain(config).leftOut.map(\.description)
        == ["the bias that lora_bias adds at transformer.h.0.attn.c_attn"])
  }

  @Test("What would mean something else is refused in any case")
  func refusals() throws {
    #expect(
      message { _ = try Self.plain(RandLoraConfig(r: 4, targetModules: ["c_attn"])) }
        == "the adapter is RANDLORA, which those who read plain LoRA do not know\n"
        + "  fix: convert it to LoRA first: peft adapter convert")
    #expect(
      message { _ = try Self.plain(LoraConfig(r: 2, targetModules: ["c_attn"], useDora: true)) }
        == "the adapter is DoRA: without the lengths of the rows its factors mean something else\n"
        + "  fix: convert it to LoRA first: peft adapter convert")
    #expect(
      message {
        _ = try Self.plain(
          LoraConfig(r: 2, targetModules: ["query"], layerReplication: [0..<1, 0..<1]),
          model: "bert", layers: 2)
      }
        == "the adapter is for layers that layer_replication makes, which the base model does not "
        + "have\n  fix: use it with a program that reads layer_replication, such as PEFT")
    #expect(
      message {
        _ = try Self.plain(LoraConfig(r: 2, targetModules: ["wte"])).adapter(dropping: true)
      }
        == "the adapter updates embeddings only, which a plain LoRA has no place for\n"
        + "  fix: merge it")
  }

  @Test("Many parts are not all listed")
  func manyParts() throws {
    let error = PlainLoRAError.incomplete((0..<30).map { .bias("b\($0)") })
    #expect(error.description.contains("  b19, a trained bias\n  … and 10 more\n"))
  }
}
