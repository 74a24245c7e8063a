import ModelDescription
import PeftTestSupport
import Testing

@Suite("Names in checkpoints") struct CheckpointNamesTests {
  @Test(
    "A parameter is looked for under its own name, then under older ones",
    arguments: [
      ("gpt2", "transformer.h.3.attn.c_attn.weight", ["h.3.attn.c_attn.weight"]),
      ("llama-2-7b", "model.norm.weight", ["norm.weight"]),
      ("llama-2-7b", "lm_head.weight", []),
      ("phi-3-mini", "model.layers.3.mlp.down_proj.weight", ["layers.3.mlp.down_proj.weight"]),
      ("pythia-70m", "gpt_neox.embed_in.weight", ["embed_in.weight"]),
      ("pythia-70m", "lm_head.weight", ["embed_out.weight"]),
      ("opt-125m", "model.decoder.embed_tokens.weight", ["decoder.embed_tokens.weight"]),
      (
        "t5-small", "shared.weight", ["encoder.embed_tokens.weight", "decoder.embed_tokens.weight"]
      ),
      (
        "vit-b16", "vit.layers.7.attention.q_proj.bias",
        ["vit.encoder.layer.7.attention.attention.query.bias"]
      ),
      ("vit-b16", "vit.layers.0.mlp.fc2.weight", ["vit.encoder.layer.0.output.dense.weight"]),
      (
        "dinov2-b14", "encoder.layer.11.attention.o_proj.weight",
        ["encoder.layer.11.attention.output.dense.weight"]
      ),
      (
        "bert-base", "embeddings.LayerNorm.weight",
        ["embeddings.LayerNorm.gamma", "bert.embeddings.LayerNorm.weight"]
      ),
      ("bert-base", "embeddings.LayerNorm.bias", ["bert.embeddings.LayerNorm.beta"]),
      ("bert-base-classifier", "bert.pooler.dense.bias", ["pooler.dense.bias"]),
      (
        "roberta-base", "embeddings.word_embeddings.weight",
        ["roberta.embeddings.word_embeddings.weight"]
      ),
    ])
  func bundled(model: String, parameter: String, others: [String]) throws {
    let names = try ModelDescription(model).checkpointNames.names(ofParameter: parameter)
    #expect(names.first == parameter)
    for other in others { #expect(names.contains(other)) }
    if others.isEmpty { #expect(names.count == 1) }
    #expect(Set(names).count == names.count)
  }

  @Test("Names that files really have are found for every parameter of ViT")
  func allOfViT() throws {
    let description = try ModelDescription("vit-b16", setting: [("layers", "1")])
    let graph = try description.graph()
    let older = graph.parameters.map { parameter in
      description.checkpointNames.names(ofParameter: parameter.name).filter {
        $0.hasPrefix("vit.encoder") || !$0.contains("layers") && !$0.hasPrefix("vit.vit")
      }.first
    }
    #expect(older.filter { $0?.hasPrefix("vit.encoder.layer.0.") == true }.count == 16)
    #expect(!older.contains(nil))
  }

  private func names(_ checkpoint: String, of parameter: String) throws -> [String] {
    try ModelDescription(text: "name: m\ncheckpoint: \(checkpoint)\n").checkpointNames
      .names(ofParameter: parameter)
  }

  @Test("Stars stand for whole parts, and lines follow one another")
  func stars() throws {
    #expect(try names("{a.*.b: c.*.d}", of: "a.1.b") == ["a.1.b", "c.1.d"])
    #expect(try names("{a.*.b: c.*.d}", of: "a.1.2.b") == ["a.1.2.b"])
    #expect(try names("{a.*.*: '*.*.a'}", of: "a.1.2") == ["a.1.2", "1.2.a"])
    #expect(try names("{a.**.b: '**'}", of: "a.b") == ["a.b", ""])
    #expect(try names("{a.**: '**'}", of: "a.b.c") == ["a.b.c", "b.c"])
    #expect(try names("{a: [b, c], c: d}", of: "a") == ["a", "b", "c", "d"])
    #expect(try names("{'**': x.**}", of: "a") == ["a", "x.a"])
    #expect(try names("{ab*: c}", of: "abc") == ["abc"])
  }

  @Test("However many lines there are, candidates stay few")
  func bounded() throws {
    let rules = (0..<30).map { "'**.p\($0)': ['**.p\($0 + 1)', '**.q.p\($0 + 1)']" }
    let names = try names("{\(rules.joined(separator: ", "))}", of: "x.p0")
    #expect(names.count == 64)
  }

  @Test("Stars that do not agree are an error")
  func disagreement() {
    let error = message { _ = try names("{a.*: b}", of: "a") }
    #expect(
      error == """
        description.yaml:2:19: the stars of 'b' are not those of 'a.*'
            2 | checkpoint: {a.*: b}
              |                   ^
          fix: give both as many '*' and at most one '**', each a whole part between dots
        """)
    #expect(
      message { _ = try names("{a: '**'}", of: "a") }?.contains("are not those of 'a'") == true)
    #expect(
      message { _ = try names("{'**.**': b.**.**}", of: "a") }?.contains("at most one") == true)
    #expect(
      message { _ = try names("[a]", of: "a") }?.contains("checkpoint is a mapping of names")
        == true)
    #expect(
      message { _ = try names("{a: 1}", of: "a") }?.contains("a is a name, not a whole") == true)
  }
}
