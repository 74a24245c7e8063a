import Peft
import PeftTestSupport
import Testing

@Suite("Rotary embeddings of kinds that are not known") struct UnsupportedRotaryTests {
  private static func folder(_ scaling: String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.file(
      "config.json",
      """
      {"model_type": "llama", "vocab_size": 23, "hidden_size": 16, "intermediate_size": 21,
       "num_hidden_layers": 1, "num_attention_heads": 2, "rope_scaling": \(scaling)}
      """)
    return folder
  }

  @Test(
    "A model is described, matched and compared, and says why it cannot run",
    arguments: [
      ("{\"type\": \"mrope\", \"factor\": 2.0}", "RoPE scaling 'mrope' is not supported"),
      ("{\"type\": \"linear\"}", "RoPE scaling 'linear' needs a factor"),
      (
        "{\"type\": \"longrope\", \"short_factor\": [1, 2, 3], \"long_factor\": [1]}",
        "longrope needs 4 factors, one for each pair, and has 3"
      ),
    ])
  func described(scaling: String, reason: String) throws {
    let folder = try Self.folder(scaling)
    let description = try ModelDescription(folder.path)
    let graph = try description.graph()
    #expect(graph.entryCount == 2816)
    let plan = try AdapterPlan(graph, tuner: LoraConfig(r: 2, targetModules: ["q_proj"]))
    #expect(plan.trainableParameters == 2 * (16 + 16))
    let report = try plan.matchReport(as: .table, listsAll: false, isStyled: false)
    #expect(report.contains("q_proj"))
    let model = try Model(random: description)
    #expect(
      message { _ = try model(["input_ids": Tensor([1, 2, 3], shape: [1, 3])]) } == """
        model.layers.0.self_attn: \(reason)
          fix: the model can be described and compared; run it with a program that knows this kind
        """)
  }
}
