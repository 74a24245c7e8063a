import ModelGraph
import PeftCheckpoints
import PeftTensors
import PeftTestSupport
import Testing

@Suite("The weights of a graph") struct ParameterTensorsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A graph with parameters of those names and shapes.
  private func graph(_ parameters: KeyValuePairs<String, [Int]>) throws -> Graph {
    var graph = Graph(name: "test")
    for (name, shape) in parameters {
      _ = try graph.addParameter(Parameter(name: name, shape: shape))
    }
    return graph
  }

  private func checkpoint(_ tensors: [String: Tensor]) throws -> Checkpoint {
    let path = "\(folder.path)/model.safetensors"
    try SafetensorsWriter.write(tensors, to: path)
    return try Checkpoint(path: path)
  }

  private func ones(_ shape: Int...) -> Tensor {
    Tensor([Float](repeating: 1, count: shape.reduce(1, *)), shape: shape)
  }

  private func numbers(_ numbers: Float...) -> Tensor { Tensor(numbers, shape: [numbers.count]) }

  private func message(
    _ graph: Graph, _ tensors: [String: Tensor], names: (String) -> [String] = { [$0] }
  ) throws -> String? {
    let checkpoint = try checkpoint(tensors)
    return folder.message { _ = try checkpoint.tensors(for: graph, names: names) }
  }

  @Test("Parameters are found by their names; those of adapters are not looked for")
  func found() throws {
    var graph = try graph(["a.weight": [2, 3], "a.bias": [2]])
    _ = try graph.addParameter(
      Parameter(name: "a.lora_A", shape: [1, 3], role: .adapter("default")))
    let weights = try checkpoint(["a.weight": ones(2, 3), "a.bias": ones(2)]).tensors(for: graph)
    #expect(weights.tensors.count == 2)
    #expect(weights.unexpected == [])
    let weight = try #require(graph.parameter(named: "a.weight"))
    #expect(weights[weight]?.shape == [2, 3])
  }

  @Test("Older names are tried in their order, and never another parameter's own")
  func olderNames() throws {
    let graph = try graph(["a": [1], "b": [1], "c": [1]])
    let tensors = [
      "b": numbers(2), "older a": numbers(1), "old c": numbers(3), "older c": numbers(4),
    ]
    let weights = try checkpoint(tensors).tensors(for: graph) { name in
      [name, "b", "old \(name)", "older \(name)"]
    }
    let found = graph.parameters.map { weights[graph.parameter(named: $0.name)!]?.floats() }
    #expect(found == [[1], [2], [3]])
    let names = graph.parameters.map { weights.names[graph.parameter(named: $0.name)!] }
    #expect(names == ["older a", "b", "old c"])
    #expect(weights.unexpected == ["older c"])
  }

  @Test("A tied weight may go by either name, or by both")
  func tied() throws {
    var graph = try graph(["wte.weight": [2]])
    let id = try #require(graph.parameter(named: "wte.weight"))
    try graph.share(id, as: "weight", in: "lm_head")
    func weights(_ tensors: [String: Tensor]) throws -> ParameterTensors {
      try checkpoint(tensors).tensors(for: graph)
    }
    let (one, other) = (numbers(1, 2), numbers(1, 3))
    #expect(try weights(["wte.weight": one])[id]?.floats() == [1, 2])
    #expect(try weights(["lm_head.weight": one])[id]?.floats() == [1, 2])
    #expect(try weights(["wte.weight": one, "lm_head.weight": one]).unexpected == [])
    #expect(try weights(["lm_head.weight": one]).names == [id: "lm_head.weight"])
    #expect(try weights(["lm_head.weight": one]).copies == [:])
    let both = try weights(["wte.weight": one, "lm_head.weight": one])
    #expect(both.names == [id: "wte.weight"])
    #expect(both.copies == [id: ["lm_head.weight"]])
    let differing = try weights(["wte.weight": one, "lm_head.weight": other])
    #expect(differing[id]?.floats() == [1, 2])
    #expect(differing.copies == [:])
    #expect(differing.unexpected == [])
    #expect(differing.untied.map(\.name) == ["lm_head.weight"])
    #expect(differing.untied.first?.tensor.floats() == [1, 3])
    #expect(differing.untied.first?.from == "wte.weight")
    // The same numbers in another type are the same.
    let half = try weights(["wte.weight": one, "lm_head.weight": one.converted(to: .bfloat16)])
    #expect(half.untied.isEmpty)
    #expect(half.copies == [id: ["lm_head.weight"]])
    let error = #expect(throws: ParameterMismatch.self) {
      try weights(["wte.weight": one, "lm_head.weight": numbers(1, 2, 3)])
    }
    #expect(error?.misshapen.map(\.name) == ["lm_head.weight"])
  }

  @Test(
    "Constants that were saved along are no surprise",
    arguments: [
      ("h.0.attn.bias", true), ("h.0.attn.masked_bias", true), ("attn.bias", true),
      ("gpt_neox.layers.3.attention.masked_bias", true),
      ("model.layers.0.self_attn.rotary_emb.inv_freq", true),
      ("bert.embeddings.position_ids", true), ("position_ids", true),
      ("text_model.embeddings.position_ids", true),
      ("decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight", true),
      ("h.0.attn.c_attn.bias", false), ("myposition_ids", false), ("classifier.bias", false),
      ("decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight", false),
    ])
  func harmless(name: String, isHarmless: Bool) throws {
    let weights = try checkpoint(["a": ones(2), name: ones(1)]).tensors(for: graph(["a": [2]]))
    #expect(weights.unexpected == (isHarmless ? [] : [name]))
  }

  @Test("One number is one number, with an axis or without")
  func scalars() throws {
    let graph = try graph(["a": [], "b": [1], "c": [1, 1]])
    let (a, b) = (graph.parameter(named: "a")!, graph.parameter(named: "b")!)
    let weights = try checkpoint(["a": ones(1), "b": ones(), "c": ones(1, 1)]).tensors(for: graph)
    #expect(weights[a]?.shape == [])
    #expect(weights[b]?.shape == [1])
    #expect(
      try message(graph, ["a": ones(), "b": ones(), "c": ones()]) == """
        model.safetensors: these are not the weights of 'test'
          of another shape (1):
            c: [] in the files, [1, 1] in the model
          fix: describe the model with the sizes of these weights; their config.json has them
        """)
  }

  @Test("Halves are weights too; integers are not", arguments: NumberType.allCases)
  func types(type: NumberType) throws {
    let graph = try graph(["a": [2]])
    let message = try message(graph, ["a": Tensor(shape: [2], type: type) { _ in }])
    #expect(
      message
        == (type.isFloatingPoint
          ? nil
          : """
          model.safetensors: these are not the weights of 'test'
            not of real numbers (1):
              a: \(type)
            fix: these may be quantised weights: use those in F32, F16 or BF16
          """))
  }

  @Test("All that is missing and all that does not fit is one error")
  func everything() throws {
    let graph = try graph(["a.weight": [2, 3], "a.bias": [2], "b": [4], "c": [1], "d": [1]])
    let tensors = [
      "b": ones(3), "a.bias": Tensor([1, 2], shape: [2]), "other": ones(1), "d": ones(1),
    ]
    #expect(
      try message(graph, tensors) == """
        model.safetensors: these are not the weights of 'test'
          not in the files (2):
            a.weight [2, 3]
            c [1]
          of another shape (1):
            b: [3] in the files, [4] in the model
          not of real numbers (1):
            a.bias: I64
          in the files, and not in the model (1):
            other
          fix: these may be quantised weights: use those in F32, F16 or BF16
        """)
  }

  @Test("Sizes of another model are told by their shapes alone")
  func shapes() throws {
    let message = try message(graph(["a": [2, 3]]), ["a": ones(3, 2), "other": ones(1)])
    #expect(
      message == """
        model.safetensors: these are not the weights of 'test'
          of another shape (1):
            a: [3, 2] in the files, [2, 3] in the model
          fix: describe the model with the sizes of these weights; their config.json has them
        """)
  }

  @Test("Long lists are cut")
  func bounded() throws {
    var graph = Graph(name: "test")
    var tensors: [String: Tensor] = [:]
    for index in 10..<40 {
      _ = try graph.addParameter(Parameter(name: "p\(index)", shape: [1]))
      tensors["q\(index)"] = ones(1)
    }
    let message = try message(graph, tensors)
    let lines = message?.split(separator: "\n").count
    #expect(lines == 46)  // two lists of 22 lines between the first and the last
    #expect(message?.contains("    p29 [1]\n    … and 10 more\n  in the files,") == true)
    #expect(message?.contains("    q29\n    … and 10 more\n  fix: use this model's") == true)
  }

  @Test(
    "Names that differ by what stands before them get the line that mends it",
    arguments: [
      (
        ["a.x", "a.y", "b"], ["model.a.x", "model.a.y", "model.b"],
        #"they are in the files with 'model.' before them: write '"**": model.**'"#
      ),
      (
        ["model.a.x", "model.b", "head"], ["a.x", "b"],
        #"2 of the 3 missing are in the files without 'model.' before them: write 'model.**: "**"'"#
      ),
      (
        ["model.a.x", "model.b.x"], ["body.main.a.x", "body.main.b.x"],
        #"they are in the files with 'body.main.' in place of 'model.': "#
          + #"write 'model.**: body.main.**'"#
      ),
      (
        ["a.x", "b.x", "c.x", "d", "e"], ["old.d"],
        "use this model's weights, or say"
      ),
    ])
  func prefixes(missing: [String], unexpected: [String], fix: String) throws {
    // Far more of the wrong ending than anybody compares.
    let noise = (0..<200).map { "noise\($0).x" }
    var graph = Graph(name: "test")
    for name in missing { _ = try graph.addParameter(Parameter(name: name, shape: [1])) }
    let tensors = Dictionary(
      uniqueKeysWithValues: (unexpected + noise).map { ($0, ones(1)) })
    #expect(try message(graph, tensors)?.contains("  fix: \(fix) under 'checkpoint' in") == true)
  }
}
