import ModelDescription
import PeftTestSupport
import Testing

@Suite("Texts of print(model)") struct PrintedModelTests {
  private static let linear = "Linear(in_features=2, out_features=3, bias=True)"

  /// Modules with their kinds, and parameters with their shapes.
  private func outline(_ text: String) throws -> [String] {
    let graph = try ModelOutline(printed: text, path: "m.txt").graph
    return graph.modules.modules.filter { !$0.path.isEmpty }.map { module in
      let own = graph.modules.ownParameters(of: module.path).map { "\($0) \(graph[$1].shape)" }
      return ["\(module.path): \(module.kind)", own.joined(separator: ", ")]
        .filter { !$0.isEmpty }.joined(separator: " ")
    }
  }

  /// What reading a text prints.
  private func refusal(_ text: String) -> String? {
    message { _ = try ModelOutline(printed: text, path: "m.txt") }
  }

  @Test(
    "Layers have the parameters that PyTorch gives them",
    arguments: [
      (Self.linear, "Linear weight [3, 2], bias [3]"),
      ("Linear(in_features=2, out_features=3, bias=False)", "Linear weight [3, 2]"),
      (
        "NonDynamicallyQuantizableLinear(in_features=2, out_features=3, bias=True)",
        "Linear weight [3, 2], bias [3]"
      ),
      ("Conv1D(nf=6, nx=2)", "Conv1D weight [2, 6], bias [6]"),
      ("Embedding(5, 2, padding_idx=1, max_norm=2.0)", "Embedding weight [5, 2]"),
      ("OPTLearnedPositionalEmbedding(5, 2)", "Embedding weight [5, 2]"),
      ("EmbeddingBag(5, 2, mode='mean')", "EmbeddingBag weight [5, 2]"),
      (
        "Conv1d(4, 8, kernel_size=(3,), stride=(1,), padding=same)",
        "Conv1d weight [8, 4, 3], bias [8]"
      ),
      (
        "Conv2d(3, 8, kernel_size=(7, 5), stride=(2, 2), padding=(3, 3), bias=False)",
        "Conv2d weight [8, 3, 7, 5]"
      ),
      (
        "Conv2d(4, 8, kernel_size=(3, 3), stride=(1, 1), groups=2)",
        "Conv2d(groups=2) weight [8, 2, 3, 3], bias [8]"
      ),
      (
        "Conv3d(1, 2, kernel_size=(3, 3, 3), stride=(1, 1, 1))",
        "Conv3d weight [2, 1, 3, 3, 3], bias [2]"
      ),
      (
        "ConvTranspose2d(2, 4, kernel_size=(3, 3), stride=(1, 1), groups=2)",
        "ConvTranspose2d weight [2, 2, 3, 3], bias [4]"
      ),
      ("LayerNorm((8,), eps=1e-05, elementwise_affine=True)", "LayerNorm weight [8], bias [8]"),
      (
        "LayerNorm((3, 4), eps=1e-05, elementwise_affine=True, bias=False)",
        "LayerNorm weight [3, 4]"
      ),
      ("LayerNorm((8,), eps=1e-05, elementwise_affine=False)", "LayerNorm"),
      ("FusedLayerNorm(torch.Size([8]), eps=1e-05)", "FusedLayerNorm weight [8], bias [8]"),
      ("LlamaRMSNorm((8,), eps=1e-06)", "LlamaRMSNorm weight [8]"),
      (
        "BatchNorm2d(8, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)",
        "BatchNorm2d weight [8], bias [8]"
      ),
      ("BatchNorm1d(8, eps=1e-05, affine=False, bias=False)", "BatchNorm1d"),
      ("GroupNorm(2, 8, eps=1e-05, affine=True)", "GroupNorm weight [8], bias [8]"),
      ("InstanceNorm2d(8, eps=1e-05, affine=False)", "InstanceNorm2d"),
      ("PReLU(num_parameters=2)", "PReLU weight [2]"),
      (
        "Bilinear(in1_features=2, in2_features=3, out_features=4, bias=True)",
        "Bilinear weight [4, 2, 3], bias [4]"
      ),
      ("Dropout(p=0.1, inplace=False)", "Dropout"),
      ("ModuleList()", "ModuleList"),
    ])
  func layers(printed: String, read: String) throws {
    let text = "M(\n  (x): \(printed)\n  (rest): \(Self.linear)\n)"
    #expect(try outline(text) == ["x: \(read)", "rest: Linear weight [3, 2], bias [3]"])
  }

  @Test("Repeated modules, lists of parameters, added lines and missing modules are read")
  func blocks() throws {
    let text = """
      >>> print(model)
      Some weights of M (two) are new.
      M(
        a=1,
        b=(2)
        (h): ModuleList(
          (0-1): 2 x Block(
            (fc): Linear(in_features=2, out_features=2, bias=False)
          )
        )
        (norm): None
        (p): ParameterList(
            (0): Parameter containing: [torch.float32 of size 3x4 (cuda:0)]
            (1): Parameter containing: [torch.float32 of size ]
        )
        (d): ParameterDict(  (a): Parameter containing: [torch.FloatTensor of size 2]
            (b): Parameter containing: [torch.FloatTensor of size 2x3])
        (e): ParameterDict(  (only): Parameter containing: [torch.FloatTensor of size 2])
      )
      >>> exit()
      """
    #expect(
      try outline(text) == [
        "h: ModuleList", "h.0: Block", "h.0.fc: Linear weight [2, 2]", "h.1: Block",
        "h.1.fc: Linear weight [2, 2]", "p: ParameterList 0 [3, 4], 1 []",
        "d: ParameterDict a [2], b [2, 3]", "e: ParameterDict only [2]",
      ])
    let flat = text.split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: "\r\n")
    #expect(try outline(flat) == outline(text))
  }

  @Test(
    "What a text cannot show is said: hidden parameters, unknown classes, weights that may be shared"
  )
  func warnings() throws {
    let text = """
      ToyForCausalLM(
        (wte): Embedding(9, 4)
        (norm): T5LayerNorm()
        (experts): MultiheadAttention(
          (out_proj): NonDynamicallyQuantizableLinear(in_features=4, out_features=4, bias=True)
        )
        (act): GELU(approximate='none')
        (lm_head): Linear(in_features=4, out_features=9, bias=False)
      )
      """
    let outline = try ModelOutline(printed: text, path: "m.txt")
    #expect(
      outline.warnings == [
        "m.txt: a text shows the parameters of layers alone: others, such as cls_token, are not counted, nor those "
          + "of T5LayerNorm, MultiheadAttention",
        "m.txt: wte, lm_head have one shape, and may be one weight, which the text does not show: each is counted",
        "m.txt: lm_head is taken for the output embedding of a model of transformers, which all-linear leaves out",
      ])
    #expect(outline.graph.isOutline && outline.graph.origin.outputEmbedding == "lm_head")
    // PEFT asks only models of transformers for theirs.
    let own = try ModelOutline(
      printed: text.replacing("ToyForCausalLM", with: "MyGPT"), path: "m.txt")
    #expect(own.graph.origin.outputEmbedding == nil)
  }

  @Test(
    "What is no such text, or a part of one, is refused with its line",
    arguments: [
      ("", "m.txt: this is not what PyTorch's print(model) prints: no line such as"),
      ("Hello (there)", "m.txt: this is not what PyTorch's print(model) prints"),
      (String(repeating: "(", count: 1_000_000), "m.txt: this is not what"),
      (String(repeating: ")", count: 1_000_000), "m.txt:1:1: the text begins inside a model"),
      ("M(\n  (a): \(linear)\n", "m.txt:1:1: the text ends inside this 'M'"),
      ("M(\n  (a): Linear(in_fea", "m.txt:2:3: the text ends inside this 'Linear'"),
      ("  (a): \(linear)\n)", "m.txt:1:3: the text begins inside a model"),
      ("M(\n  (a): \(linear)\n)\n)", "m.txt:4:1: this ')' closes nothing"),
      ("M(\n)\nN(\n)", "m.txt:3:1: a second model begins here"),
      (
        "M(\n  (a): \(linear)\n  (a): \(linear)\n)", "m.txt:3:3: there are two modules 'a' in one"
      ),
      ("M(\n  (1): \(linear)\n  (0-1): 2 x \(linear)\n)", "m.txt:3:3: there are two modules '1'"),
      ("M(\n  (0-3): 5 x \(linear)\n)", "m.txt:2:3: '0-3' is not a range of 5 modules"),
      ("M(\n  (a): 2 x \(linear)\n)", "m.txt:2:3: 'a' is not a range of 2 modules"),
      (
        "M(\n  (0-9223372036854775807): 9223372036854775808 x \(linear)\n)",
        "m.txt:2:3: '0-9223372036854775807' is not a range of 9223372036854775808 modules"
      ),
      ("M(\n  (a.b): \(linear)\n)", "m.txt:2:3: 'a.b' cannot be the name of a module"),
      ("M(\n  (d): Dropout(p=0.1)\n)", "m.txt: nothing here has a shape that could be counted"),
      ("M(\n  (a): Conv1D()\n)", "m.txt:2:3: this 'Conv1D' is printed without its sizes"),
      (
        "M(\n  (a): LazyLinear(in_features=0, out_features=4, bias=True)\n)",
        "m.txt:2:3: this 'LazyLinear' has no sizes before its first input"
      ),
      (
        "M(\n  (a): Linear(in_features=-2, out_features=4, bias=True)\n)",
        "m.txt:2:3: '-2' is not a size of 'Linear'"
      ),
      (
        "M(\n  (a): Linear(in_features=99999999999999999999, out_features=4, bias=True)\n)",
        "m.txt:2:3: '99999999999999999999' is not a size of 'Linear'"
      ),
      (
        "M(\n  (a): Conv2d(3, 8, kernel_size=(3, 3), groups=0)\n)",
        "m.txt:2:3: 'groups=0' is not a size of 'Conv2d'"
      ),
      (
        "M(\n  (a): Linear(in_features=4294967296, out_features=4294967296, bias=True)\n)",
        "m.txt:2:3: the model has more than 9007199254740992 parameter entries"
      ),
      (
        "M(\n  (0-999999): 1000000 x \(linear)\n)",
        "m.txt:2:3: the model has more than 250,000 modules"
      ),
      (
        "M(\n" + String(repeating: "(0-999): 1000 x B(\n", count: 5) + "(a): \(linear)\n"
          + String(repeating: ")\n", count: 6), "m.txt:9:1: the model has more than 250,000 modules"
      ),
      (
        String(repeating: "M(\n(a): ", count: 100), "m.txt:65:1: modules are nested deeper than 64"
      ),
      ("PeftModel(\n)", "m.txt:1:1: this is a model with an adapter of PEFT in it"),
      (
        "M(\n  (q): lora.Linear(\n    (base_layer): \(linear)\n  )\n)",
        "m.txt:3:5: this is a model with an adapter of PEFT in it"
      ),
    ])
  func refused(text: String, message: String) throws {
    let found = try #require(refusal(text))
    #expect(found.hasPrefix(message), "\(found)")
    #expect(found.contains("\n  fix: "))
  }

  @Test("As many modules as are allowed are read in time")
  func many() throws {
    let text = "M(\n  (0-124998): 124999 x B(\n    (a): \(Self.linear)\n  )\n)"
    let outline = try ModelOutline(printed: text, path: "m.txt")
    #expect(outline.graph.entryCount == 124_999 * 9)
  }
}
