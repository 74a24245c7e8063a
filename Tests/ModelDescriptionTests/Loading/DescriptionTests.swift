import ModelGraph
import PeftTestSupport
import Testing

@testable import ModelDescription

@Suite("Descriptions") struct DescriptionTests {
  private func graph(_ text: String) throws -> Graph {
    let graph = try ModelDescription(text: text, path: "m.yaml").graph()
    try graph.validate()
    return graph
  }

  @Test("JSON and YAML are the same tree")
  func json() throws {
    let yaml = """
      name: m
      dimensions: {width: 8, twice: 2 * $width}
      inputs: {x: {type: numbers, shape: [batch, $width]}}
      graph:
        - linear: {name: fc, out: $twice, from: x}
        - relu
      outputs: {y: previous}
      """
    let json = """
      {"name": "m", "dimensions": {"width": 8, "twice": "2 * $width"},
       "inputs": {"x": {"type": "numbers", "shape": ["batch", "$width"]}},
       "graph": [{"linear": {"name": "fc", "out": "$twice", "from": "x"}}, {"relu": {}}],
       "outputs": {"y": "previous"}}
      """
    #expect(try graph(yaml).listing == graph(json).listing)
  }

  @Test("Blocks have values of their own, and arguments that hide dimensions")
  func blocks() throws {
    let graph = try graph(
      """
      name: m
      dimensions: {size: 3}
      inputs: {x: {type: numbers, shape: [batch, 8]}}
      blocks:
        pair:
          arguments: {size: 5, bias: true}
          inputs: [x]
          outputs: [a, b]
          graph:
            - linear: {name: a, out: $size, bias: $bias, to: a}
            - linear: {name: b, out: $size + 1, bias: $bias, from: x, to: b}
      graph:
        - pair: {name: first, from: x, to: [p, q]}
        - pair: {name: second, from: q, size: 2 * $size, bias: false, to: [r, s]}
      outputs: {y: s}
      """)
    #expect(
      graph.namedShapes.map(\.description) == [
        "first.a.weight [5, 8]", "first.a.bias [5]", "first.b.weight [6, 8]", "first.b.bias [6]",
        "second.a.weight [6, 6]", "second.b.weight [7, 6]",
      ])
  }

  @Test("Repeats count, steps are taken or left out, and an empty name opens no module")
  func control() throws {
    let graph = try graph(
      """
      name: m
      dimensions: {prefix: "", layers: 3}
      inputs: {x: {type: numbers, shape: [batch, 8]}}
      graph:
        - block:
            name: $prefix
            from: x
            graph:
              - repeat:
                  name: layers
                  count: $layers
                  modules: [b, "a$index", extra: Dropout]
                  graph:
                    - linear: {name: "a$index", out: 8, bias: false}
                    - linear: {name: b, out: 8, bias: false, when: $index == 1}
      outputs:
        y: previous
        none: {from: missing, when: $layers == 4}
      """)
    #expect(
      graph.modules.modules.map { "\($0.path) \($0.kind)" } == [
        "layers ModuleList",
        "layers.0 Container", "layers.0.a0 Linear", "layers.0.extra Dropout",
        "layers.1 Container", "layers.1.b Linear", "layers.1.a1 Linear", "layers.1.extra Dropout",
        "layers.2 Container", "layers.2.a2 Linear", "layers.2.extra Dropout",
      ])
    #expect(graph.outputs.map(\.name) == ["y"])
  }

  @Test("A mask or a bias of another shape does not fit attention")
  func maskShape() {
    let text = """
      name: m
      inputs:
        x: {type: numbers, shape: [batch, sequence, 8]}
        m: {type: mask, shape: [batch, others], optional: true}
      graph:
        - attention: {heads: 2, mask: m, from: [x, x, x]}
      outputs: {y: previous}
      """
    #expect(
      message { _ = try graph(text) }?.contains(
        "attention: the key [batch, sequence, 8] does not fit the mask [batch, others]")
        == true)
  }

  @Test("The same text gives the same graph, every time")
  func deterministic() throws {
    let first = try ModelDescription("t5-small").graph().listing
    for _ in 0..<3 { #expect(try ModelDescription("t5-small").graph().listing == first) }
  }
}
