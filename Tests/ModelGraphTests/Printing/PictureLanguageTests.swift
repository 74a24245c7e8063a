import Testing

@testable import ModelGraph

@Suite("DOT and Mermaid") struct PictureLanguageTests {
  @Test("A small graph in DOT")
  func dot() throws {
    let lines = try TinyGraph.mlp().dot().split(separator: "\n").map {
      String($0.drop { $0 == " " })
    }
    #expect(lines.first == "digraph \"mlp\" {" && lines.last == "}")
    #expect(lines.contains("node0 [label=\"linear\\nfc1\\n[batch, 4]\"];"))
    #expect(lines.contains("input0 -> node0;"))
    #expect(lines.contains("node2 -> output0;"))
  }

  @Test("A small graph in Mermaid")
  func mermaid() throws {
    #expect(
      try TinyGraph.mlp().mermaid().hasPrefix(
        """
        flowchart TB
          input0("x<br/>float32 [batch, 6]"):::input
          node0["linear<br/>fc1<br/>[batch, 4]"]:::operation
          node1["activation<br/>[batch, 4]"]:::operation
          node2["linear<br/>fc2<br/>[batch, 2]"]:::operation
          output0("y<br/>float32 [batch, 2]"):::output
          input0 --> node0
          node0 --> node1
          node1 --> node2
          node2 --> output0
          classDef input
        """))
  }

  @Test("Frames open and close, and what goes round is dashed")
  func frames() throws {
    let graph = try TinyGraph.adapted(TinyGraph.transformer())
    let (dot, mermaid) = (graph.dot(), graph.mermaid())
    #expect(dot.contains("subgraph cluster_frame0 {"))
    #expect(dot.contains("label=\"model.h × 3\""))
    #expect(dot.contains("[style=dashed, constraint=false"))
    #expect(dot.filter { $0 == "{" }.count == dot.filter { $0 == "}" }.count)
    #expect(mermaid.contains("  subgraph frame0[\"model.h × 3\"]\n"))
    #expect(mermaid.contains("\n  end\n"))
    #expect(mermaid.contains("-.->|\"next\"|"))
    #expect(mermaid.contains(":::trained\n") && mermaid.contains(":::frozen\n"))
  }

  @Test("Inputs that may be left out are dashed")
  func optional() {
    var graph = Graph(name: "optional")
    _ = graph.addInput("mask", type: mask(2), isOptional: true)
    #expect(graph.dot().contains("style=\"rounded,filled,dashed\""))
    #expect(graph.mermaid().contains("style input0 stroke-dasharray"))
  }

  private func graph(naming name: String) -> Graph {
    var graph = Graph(name: name)
    _ = graph.addInput(name, type: real(2))
    return graph
  }

  @Test(
    "Names cannot break out of DOT's quotes",
    arguments: [
      ("a\"b", "a\\\"b"), ("a\\", "a\\\\"), ("a\\N", "a\\\\N"), ("a&lt;", "a&amp;lt;"),
      ("<b>", "&lt;b&gt;"), ("a\nb", "a\\\\u{a}b"), ("é×", "é×"),
    ])
  func escapesDOT(name: String, expected: String) {
    let dot = graph(naming: name).dot()
    #expect(dot.hasPrefix("digraph \"\(expected)\" {\n"))
    #expect(dot.contains("input0 [label=\"\(expected)\\nfloat32 [2]\""))
  }

  @Test(
    "Names mean nothing to Mermaid",
    arguments: [
      ("a\"b", "a#34;b"), ("#quot;", "#35;quot#59;"), ("`x`", "#96;x#96;"),
      ("<img>", "#60;img#62;"), ("%%{init}%%", "#37;#37;#123;init#125;#37;#37;"),
      ("direction LR", "direction#32;LR"), ("style:#a;", "style#58;#35;a#59;"),
      ("_x_", "#95;x#95;"), ("a_b", "a_b"), ("*x*", "#42;x#42;"), ("ﬂ°", "#64258;#176;"),
      ("a\nend", "a#92;u#123;a#125;end"), ("x@{y}", "x#64;#123;y#125;"),
    ])
  func escapesMermaid(name: String, expected: String) {
    #expect(
      graph(naming: name).mermaid().hasPrefix(
        "flowchart TB\n  input0(\"\(expected)<br/>float32 [2]\"):::input\n"))
  }
}
