import Foundation
import Peft
import PeftTestSupport
import Testing

@Suite("Models to count on") struct CountedModelTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A tensor of a header; its bytes are missing from the file.
  private struct Entry {
    let name: String
    let shape: [Int]
    var type = "F32"
  }

  @discardableResult
  private func file(
    _ entries: [Entry], _ name: String = "m.safetensors", length: UInt64? = nil
  ) throws -> String {
    var offset = 0
    let members = entries.map { entry in
      let size = ["F32": 4, "BF16": 2, "I64": 8, "U8": 1][entry.type] ?? 1
      let end = offset &+ entry.shape.reduce(size, &*)
      defer { offset = end }
      return #""\#(entry.name)":{"dtype":"\#(entry.type)","shape":\#(entry.shape),"#
        + #""data_offsets":[\#(offset),\#(end)]}"#
    }
    let header = Data("{\(members.joined(separator: ","))}".utf8)
    let length = (length ?? UInt64(header.count)).littleEndian
    return try folder.file(name, withUnsafeBytes(of: length) { Data($0) } + header)
  }

  private func refusal(_ name: String) -> String? {
    folder.message { _ = try CountedModel(folder.path(name)) }
  }

  @Test("Kinds are guessed from names and shapes")
  func kinds() throws {
    let path = try file([
      Entry(name: "h.10.mlp.weight", shape: [8, 4]), Entry(name: "h.2.mlp.bias", shape: [8]),
      Entry(name: "h.2.mlp.weight", shape: [8, 4], type: "BF16"),
      Entry(name: "wte.weight", shape: [9, 4]), Entry(name: "embed_out.weight", shape: [9, 4]),
      Entry(name: "time_embed.0.weight", shape: [6, 4]),
      Entry(name: "code_embeddings.0.weight", shape: [5, 4]),
      Entry(name: "c_attn.weight", shape: [4, 12]), Entry(name: "c_attn.bias", shape: [12]),
      Entry(name: "c_proj.weight", shape: [4, 4]), Entry(name: "c_proj.bias", shape: [4]),
      Entry(name: "ln.weight", shape: [4]), Entry(name: "conv.weight", shape: [4, 2, 3, 3]),
      Entry(name: "audio.weight", shape: [4, 2, 3]), Entry(name: "dw.weight", shape: [4, 1, 3, 3]),
      Entry(name: "cls_token", shape: [1, 1, 4]), Entry(name: "attn.bias", shape: [1, 1, 9, 9]),
      Entry(name: "bn.num_batches_tracked", shape: [], type: "I64"),
    ])
    let model = try CountedModel(path)
    let kinds = Dictionary(
      uniqueKeysWithValues: model.graph.modules.modules.map { ($0.path, "\($0.kind)") })
    #expect(
      kinds.filter { $0.value != "Container" } == [
        "h.2.mlp": "Linear", "h.10.mlp": "Linear", "wte": "Embedding", "embed_out": "Linear",
        "time_embed.0": "Linear", "code_embeddings.0": "Embedding", "c_attn": "Conv1D",
        "c_proj": "Conv1D", "ln": "Norm", "conv": "Conv2d", "audio": "Conv1d",
        "dw": "Conv2d(groups=?)",
      ])
    let order = model.graph.modules.children(of: "h").map(\.path)
    #expect(order == ["h.2", "h.10"])
    let weight = try #require(model.graph.parameter(named: "h.2.mlp.weight"))
    #expect(model.graph[weight].element == .bfloat16)
    #expect(model.graph.origin.outputEmbedding == "embed_out")
    #expect(
      model.warnings.map { $0.replacing("\(path): ", with: "") } == [
        "a file ends before its last tensor does: only headers are read",
        "a header has no kinds of modules, so they are guessed: 4 Linear, 2 Conv1D, 2 Embedding "
          + "(code_embeddings.0, wte), 1 Conv1d (audio), 1 Conv2d (conv), 1 Conv2d(groups=?) (dw), 1 Norm; "
          + "print(model) has them",
        "attn.bias, bn.num_batches_tracked are no parameters, and not counted",
        "embed_out is taken for the output embedding of a model of transformers, which all-linear leaves out",
      ])
  }

  @Test("A checkpoint's file and its index are counted as its folder is, which is said to be exact")
  func besideConfiguration() throws {
    let checkpoint = Fixture.path("checkpoints/gpt2")
    let described = try CountedModel(checkpoint)
    let outline = try CountedModel("\(checkpoint)/model.safetensors")
    #expect(outline.graph.entryCount == described.graph.entryCount)
    #expect(
      outline.warnings.contains {
        $0.hasSuffix("give the folder, \(checkpoint), to be exact")
      })
    try folder.copy("\(checkpoint)/model.safetensors", to: "one.safetensors")
    let names = outline.graph.parameters.map { "\"\($0.name)\": \"one.safetensors\"" }
    let map = "{\"weight_map\": {\(names.joined(separator: ", "))}}"
    let index = try folder.file("model.safetensors.index.json", map)
    let sharded = try CountedModel(index)
    #expect(sharded.graph.parameters == outline.graph.parameters)
  }

  @Test("A text is known by its ending, or by how it begins")
  func texts() throws {
    let text = try Repository.text("Tests/Fixtures/outlines/gpt2.txt")
    let count = try CountedModel(folder.file("m.txt", text)).graph.entryCount
    #expect(
      try CountedModel(folder.file("printed", ">>> print(m)\n\(text)")).graph.entryCount == count)
    try file([Entry(name: "a.weight", shape: [2, 3])], "blob")
    #expect(try CountedModel(folder.path("blob")).graph.entryCount == 6)
    #expect(try ModelOutline.Source("gpt2") == nil)
  }

  @Test("A tuner's parameters are shown in the tree, and no flow of data")
  func adapted() throws {
    let path = Fixture.path("outlines/llama.txt")
    let graph = try CountedModel(path).graph
    let plan = try AdapterPlan(
      graph, tuner: LoraConfig(r: 2, targetModules: ["q_proj"], modulesToSave: ["lm_head"]))
    let tree = try plan.graph().text(as: .tree, comparedWith: graph)
    #expect(tree.contains("+             (lora_A.default): weight [2, 64] trained"))
    #expect(plan.budget.trainableParameters == 11 * 2 * 128 + 6400)
    let trained = try plan.graph().parameters.filter { $0.role != .base }.map(\.count)
    #expect(trained.reduce(0, +) == plan.budget.trainableParameters)
    #expect(
      message { _ = try graph.text(as: .mermaid) } == """
        \(path) has names and shapes alone, and no flow of data to draw
          fix: choose the format tree or json, or give a description
        """)
  }

  @Test("A grouped convolution is counted, and no target")
  func grouped() throws {
    let graph = try CountedModel(Fixture.path("outlines/convnext.txt")).graph
    let lora = LoraConfig(r: 2, targetModules: ["dwconv"])
    let found = try #require(message { _ = try AdapterPlan(graph, tuner: lora) })
    #expect(found.contains("(Conv2d(groups=8))") && found.contains("cannot be adapted"))
  }

  @Test("Nothing that runs takes names and shapes alone")
  func running() throws {
    for name in ["gpt2.txt", "gpt2.safetensors"] {
      let path = Fixture.path("outlines/\(name)")
      for run in [{ _ = try ModelDescription(path) }, { _ = try Model(path) }] {
        let found = try #require(message(run))
        #expect(
          found.hasPrefix(
            "\(path): this file has the names and shapes of a model's weights, and not how"))
        #expect(found.contains("\n  fix: give a checkpoint's folder with its config.json"))
      }
      let set = message { _ = try CountedModel(path, setting: [("layers", "2")]) }
      #expect(set?.hasPrefix("\(path): this has names and shapes alone, and no dimension") == true)
    }
  }

  @Test("A program that runs such a graph all the same gets no outputs")
  func computesNothing() throws {
    let graph = try CountedModel(Fixture.path("outlines/gpt2.txt")).graph
    #expect(try Model(graph, parameters: [:])([:]).isEmpty)
  }

  @Test("An index without its files has no shapes, and says so")
  func indexAlone() throws {
    try folder.file(
      "model.safetensors.index.json",
      #"{"weight_map": {"a.weight": "a-1.safetensors", "b.weight": "a-2.safetensors"}}"#)
    #expect(
      refusal("model.safetensors.index.json") == """
        model.safetensors.index.json: an index has no shapes; they are in the headers of files that are not there: \
        'a-1.safetensors', 'a-2.safetensors'
          fix: download them to the folder of the index (the first megabytes of each are enough to count), or give \
        the text of print(model)
        """)
  }

  @Test("Bad files have one message each")
  func bad() throws {
    try file([Entry(name: "a.weight", shape: [2, 2])], "long.safetensors", length: 1_000_000_000)
    try file([Entry(name: "a.weight", shape: [2, 2])], "short.safetensors", length: 20)
    try file([Entry(name: "a.weight", shape: [1 << 40, 1 << 40])], "huge.safetensors")
    try file(
      [Entry(name: "a.weight", shape: [1 << 30, 1 << 25], type: "BF16")], "large.safetensors")
    try file([Entry(name: "a.weight", shape: [4], type: "U8")], "quantised.safetensors")
    try file([Entry(name: "a..weight", shape: [4])], "dots.safetensors")
    try file(
      [Entry(name: String(repeating: "a.", count: 100) + "weight", shape: [4])], "deep.safetensors")
    try file(
      [Entry(name: "a.weight", shape: [4]), Entry(name: "a.weight", shape: [4])],
      "twice.safetensors")
    try file([], "none.safetensors")
    try folder.file("empty.safetensors", "")
    try folder.file("binary.txt", Data([77, 40, 10, 0, 1]))
    try folder.file("wide.txt", Data("M(\n".utf8) + Data([0xFF, 0xFE]))
    try folder.file("large.txt", Data(count: 17 << 20))
    let expected = [
      "long.safetensors": "the header should have 1000000000 bytes, and only",
      "short.safetensors": "the header is not JSON",
      "huge.safetensors":
        "the size of tensor 'a.weight', [1099511627776, 1099511627776], is beyond",
      "large.safetensors": "the model has more than 9007199254740992 parameter entries",
      "quantised.safetensors": "'a.weight' holds whole numbers: the weights are quantised",
      "dots.safetensors": "'' cannot be the name of a module",
      "deep.safetensors":
        "the name 'a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.…' is longer than 500 bytes",
      "twice.safetensors": "there are two tensors 'a.weight'",
      "none.safetensors": "nothing here has a shape that could be counted",
      "empty.safetensors": "the file is empty",
      "gone.safetensors": "there is no such file",
      "gone.txt": "there is no such file",
      "binary.txt": "this is a binary file; a text is expected",
      "large.txt": "the file has 17 MB, more than the 16 MB that are allowed",
    ]
    for (name, problem) in expected {
      let found = try #require(refusal(name))
      #expect(found.hasPrefix("\(name): \(problem)"), "\(found)")
      #expect(found.contains("\n  fix: "), "\(found)")
    }
    #expect(refusal("wide.txt")?.contains("these bytes are not UTF-8 text") == true)
  }

  @Test("An empty weight counts nothing, and is no target")
  func empty() throws {
    let path = try file([
      Entry(name: "a.weight", shape: [0, 2]), Entry(name: "b.weight", shape: [3, 2]),
    ])
    let graph = try CountedModel(path).graph
    #expect(graph.entryCount == 6)
    let found = message {
      _ = try AdapterPlan(graph, tuner: LoraConfig(r: 1, targetModules: ["a"]))
    }
    #expect(found?.hasPrefix("a is Linear, but has no weight") == true)
  }
}
