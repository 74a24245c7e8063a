import Testing

@testable import ModelGraph
@testable import PeftBasics

@Suite("Printing the module tree") struct ModuleTreePrintingTests {
  @Test("Equal layers are folded, shared weights marked, the last line sums up")
  func plain() throws {
    #expect(
      try TinyGraph.transformer(layers: 12).moduleTree() == """
        tiny                                             1,000
          (model): Container                             1,000
            (wte): Embedding  weight [10, 4]                40
            (h): Container                                 960
              (0-11): 12 × Container, 80 each              960
                (ln): LayerNorm  weight [4]                  4
                (up): Linear  weight [8, 4], bias [8]       40
                (down): Linear  weight [4, 8], bias [4]     36
          (lm_head): Linear  weight = model.wte.weight      40
        total 1,000 | adapter 0 | frozen basis 0 | operations 62
        """)
  }

  @Test("Compared with its base, an adapted graph shows what is new and what is trained")
  func compared() throws {
    let graph = try TinyGraph.mlp()
    #expect(
      try TinyGraph.adapted(graph).moduleTree(comparedWith: graph) == """
          mlp                                          74
            (fc1): Linear  weight [4, 6], bias [4]     48
        +     (lora_A.default): weight [2, 6] trained  12
        +     (lora_B.default): weight [4, 2] trained   8
            (fc2): Linear  weight [2, 4], bias [2]     22
        +     (lora_A.default): weight [2, 4] trained   8
        +     (lora_B.default): weight [2, 2] trained   4
        +   (basis_2): default [2, 2] frozen basis      4
        total 74 | adapter 32 | frozen basis 4 | operations 11
        """)
  }

  @Test("Without a base there is no margin")
  func noMargin() throws {
    let lines = try TinyGraph.adapted(TinyGraph.mlp()).moduleTree().split(separator: "\n")
    #expect(lines.first?.hasPrefix("mlp") == true)
    #expect(lines.contains { $0.hasPrefix("    (lora_A.default): weight [2, 6] trained") })
  }

  @Test("A module's own added parameters stand below it")
  func addedBelow() throws {
    let base = try TinyGraph.mlp()
    var graph = base
    _ = try graph.parameter("fc1.scale", [4], role: .adapter("a"))
    let lines = graph.moduleTree(comparedWith: base).split(separator: "\n")
    #expect(lines.contains("+       scale [4] trained"))
  }

  @Test("Only equal neighbours with consecutive numbers are folded")
  func folding() throws {
    var graph = Graph(name: "list")
    for (name, size) in [("0", 2), ("1", 2), ("2", 3), ("4", 3), ("5", 3), ("x", 3)] {
      graph.declareModule("l.\(name)", kind: .linear)
      _ = try graph.parameter("l.\(name).weight", [size])
    }
    let names = graph.moduleTree().split(separator: "\n").map { $0.split(separator: " ")[0] }
    #expect(
      names == ["list", "(l):", "(0-1):", "(2):", "(4-5):", "(x):", "total"])
  }

  @Test("Layers that share all their weights count once")
  func sharedLayers() throws {
    var graph = Graph(name: "albert")
    _ = try graph.parameter("l.0.weight", [5])
    for layer in 1..<4 {
      try graph.share(graph.parameter(named: "l.0.weight")!, as: "weight", in: "l.\(layer)")
    }
    let lines = graph.moduleTree().split(separator: "\n").map(String.init)
    #expect(lines[2].hasPrefix("    (0): Container  weight [5]"))
    #expect(lines[3].hasPrefix("    (1-3): 3 × Container, 5 each  weight = l.0.weight"))
    #expect(lines[3].hasSuffix(" 5"))
  }

  @Test("Layers that share within themselves fold")
  func sharedWithin() throws {
    var graph = Graph(name: "tied")
    for layer in 0..<2 {
      _ = try graph.parameter("l.\(layer).a.weight", [5])
      let id = graph.parameter(named: "l.\(layer).a.weight")!
      try graph.share(id, as: "weight", in: "l.\(layer).b")
    }
    #expect(graph.moduleTree().contains("(0-1): 2 × Container, 5 each"))
  }

  @Test("Lines keep to 100 columns: long lists of parameters go below")
  func width() throws {
    var graph = Graph(name: "wide")
    for index in 0..<9 {
      _ = try graph.parameter("m.parameter_number_\(index)", [1000, index + 1])
    }
    let lines = graph.moduleTree().split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 100 })
    #expect(lines.count == 8)
    #expect(lines[2].hasPrefix("      parameter_number_0 [1000, 1], parameter_number_1"))
  }

  @Test("Storage other than float32 is told")
  func elements() throws {
    var graph = Graph(name: "half")
    _ = try graph.addParameter(Parameter(name: "w", shape: [2], element: .bfloat16))
    #expect(graph.moduleTree().hasPrefix("half  w [2] bfloat16  2\n"))
  }

  @Test("A graph without parameters prints, and control characters are spelled out")
  func names() {
    var graph = Graph(name: "evil\u{1b}[31m\n")
    graph.declareModule("a\u{202e}b")
    #expect(
      graph.moduleTree() == """
        evil\\u{1b}[31m\\u{a}
          (a\\u{202e}b): Container
        total 0 | adapter 0 | frozen basis 0 | operations 0
        """)
  }

  @Test("Numbers are grouped by threes")
  func grouped() {
    #expect(
      [0, 999, 1000, -1234, 1_234_567].map(\.grouped) == [
        "0", "999", "1,000", "-1,234", "1,234,567",
      ])
    #expect(Int.min.grouped == "-9,223,372,036,854,775,808")
  }
}
