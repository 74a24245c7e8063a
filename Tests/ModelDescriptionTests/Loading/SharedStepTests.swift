import ModelDescription
import ModelGraph
import Testing

@Suite("Steps that are taken again") struct SharedStepTests {
  static let refusals: [Refusal] = [
    Refusal(
      "A name that no step has",
      steps("linear: {name: encoder, out: 8, from: x}", "use: encodr"),
      """
      m.yaml:6:10: no step before this one is called 'encodr'
          6 |   - use: encodr
            |          ^~~~~~
        fix: did you mean 'encoder'?
      """),
    Refusal(
      "No step with a name at all",
      steps("relu: {from: x}", "use: {name: tower, from: x}"),
      """
      m.yaml:6:17: no step before this one is called 'tower'
          6 |   - use: {name: tower, from: x}
            |                 ^~~~~
        fix: give a step or a block the name that is to be used again
      """),
    Refusal(
      "A step that comes later",
      steps("use: {name: a, from: x}", "linear: {name: b, out: 8}", "linear: {name: a, out: 8}"),
      """
      m.yaml:5:17: no step before this one is called 'a'
          5 |   - use: {name: a, from: x}
            |                 ^
        fix: give a step or a block the name that is to be used again
      """),
    Refusal(
      "A step that was left out",
      steps("linear: {name: a, out: 8, from: x, when: $width > 8}", "use: {name: a, from: x}"),
      """
      m.yaml:6:17: no step before this one is called 'a'
          6 |   - use: {name: a, from: x}
            |                 ^
        fix: give a step or a block the name that is to be used again
      """),
    Refusal(
      "A block inside itself",
      steps("block: {name: a, from: x, graph: [linear: {name: b, out: 8}, use: a]}"),
      """
      m.yaml:5:71: 'a' uses itself
          5 |   - block: {name: a, from: x, graph: [linear: {name: b, out: 8}, use: a]}
            |                                                                       ^
        fix: use it behind its own steps, or write 'repeat' with 'shared: true'
      """),
    Refusal(
      "Another width",
      steps(
        "linear: {name: a, out: 4, from: x}",
        "use: {name: a, from: previous}"),
      """
      m.yaml:6:26: 'a.weight' has shape [4, 8], but [4, 4] is needed for what is read here
          6 |   - use: {name: a, from: previous}
            |                          ^~~~~~~~ it was made in line 5
        fix: give it a value as wide as the one that it was made for, or describe a second module
      """),
    Refusal(
      "Another width, inside a block",
      steps(
        "block: {name: a, from: x, graph: [relu: {}, layer_norm: {name: n}, linear: {name: b, out: 4}]}",
        "use: a"),
      """
      m.yaml:6:5: 'a.n.weight' has shape [8], but [4] is needed for what is read here
          6 |   - use: a
            |     ^~~ it was made in line 5
        fix: give it a value as wide as the one that it was made for, or describe a second module
      """),
    Refusal(
      "Tokens for a layer of numbers",
      steps("linear: {name: a, out: 8, from: x}", "use: {name: a, from: t}"),
      """
      m.yaml:6:26: the last axis of [batch, sequence] must be a known size
          6 |   - use: {name: a, from: t}
            |                          ^
        fix: only batch and sequence can be left open
      """),
    Refusal(
      "Numbers for an embedding",
      steps("embedding: {name: a, count: 9, size: 8, from: t}", "use: {name: a, from: x}"),
      """
      m.yaml:6:26: embedding: the input must be indices, not float32
          6 |   - use: {name: a, from: x}
            |                          ^ [batch, 8] from line 3, [9, 8] from line 5, used again in line 6
        fix: read tokens: an input of that type
      """),
    Refusal(
      "Two values for one",
      steps("linear: {name: a, out: 8, from: x}", "use: {name: a, from: [x, x]}"),
      """
      m.yaml:6:26: linear reads 1 value, not 2
          6 |   - use: {name: a, from: [x, x]}
            |                          ^~~~~~
        fix: name one of them: 'from: q'
      """),
    Refusal(
      "A block that reads by name and not what it is given",
      steps(
        "block: {name: a, graph: [linear: {name: b, out: 8, from: x}]}",
        "use: {name: a, from: h}"),
      """
      m.yaml:6:26: no step of 'a' reads what 'from' gives it
          6 |   - use: {name: a, from: h}
            |                          ^
        fix: let its first step read 'previous', or define it under 'blocks:' with 'inputs'
      """),
    Refusal(
      "A name that is no path",
      steps("linear: {name: a, out: 8, from: x}", "use: a b"),
      """
      m.yaml:6:10: 'a b' cannot be a module's name
          6 |   - use: a b
            |          ^~~
        fix: use letters, digits, '_' and '-', with single dots between the parts
      """),
    Refusal(
      "An attribute of the step that is used again",
      steps("linear: {name: a, out: 8, from: x}", "use: {name: a, out: 8}"),
      """
      m.yaml:6:20: use has no attribute 'out'
          6 |   - use: {name: a, out: 8}
            |                    ^~~
        fix: its attributes are name, from, to, when
      """),
    Refusal(
      "Use of nothing",
      steps("linear: {name: a, out: 8, from: x}", "use"),
      """
      m.yaml:6:5: use needs 'name': Path of the module inside the enclosing scope; $name is replaced.
          6 |   - use
            |     ^~~
        fix: add 'name: …'
      """),
    Refusal(
      "More names than results",
      steps("linear: {name: a, out: 8, from: x}", "use: {name: a, from: x, to: [p, q]}"),
      """
      m.yaml:6:33: 2 names for 1 result
          6 |   - use: {name: a, from: x, to: [p, q]}
            |                                 ^~~~~~
        fix: give one name
      """),
    Refusal(
      "A repeat without a name that makes parameters",
      steps("repeat: {count: 2, from: x, graph: [linear: {name: a, out: 8}]}"),
      """
      m.yaml:5:5: a repeat without a name makes the parameter 'a.weight' twice
          5 |   - repeat: {count: 2, from: x, graph: [linear: {name: a, out: 8}]}
            |     ^~~~~~
        fix: give the repeat a name, write 'shared: true' for one set of parameters, or put $index into names
      """),
    Refusal(
      "Shared turns of other sizes",
      steps(
        "repeat: {count: 2, shared: true, graph: [linear: {name: a, out: 8 + $index, from: x}]}"),
      """
      m.yaml:5:5: 'a.weight' has shape [8, 8], but [9, 8] is needed in another turn of this repeat
          5 |   - repeat: {count: 2, shared: true, graph: [linear: {name: a, out: 8 + $index, from: x}]}
            |     ^~~~~~ it was made in line 5
        fix: keep sizes the same in all turns, or leave out 'shared: true'
      """),
    Refusal(
      "Shared turns that widen what they read",
      steps("repeat: {count: 2, shared: true, from: x, graph: [linear: {name: a, out: 4}]}"),
      """
      m.yaml:5:5: 'a.weight' has shape [4, 8], but [4, 4] is needed in another turn of this repeat
          5 |   - repeat: {count: 2, shared: true, from: x, graph: [linear: {name: a, out: 4}]}
            |     ^~~~~~ it was made in line 5
        fix: keep sizes the same in all turns, or leave out 'shared: true'
      """),
    Refusal(
      "A word for shared",
      steps("repeat: {count: 2, shared: weights, graph: [relu: {from: x}]}"),
      """
      m.yaml:5:32: expected true or false, found 'weights'
          5 |   - repeat: {count: 2, shared: weights, graph: [relu: {from: x}]}
            |                                ^~~~~~~
        fix: write true or false
      """),
  ]

  @Test(
    "Each mistake is one message, with its place and a way to put it right", arguments: refusals)
  func refused(_ refusal: Refusal) {
    #expect(refusal.found == refusal.prints)
  }

  private func graph(_ text: String...) throws -> Graph {
    try ModelDescription(
      text: """
        name: m
        inputs: {x: {type: numbers, shape: [batch, 8]}, z: {type: numbers, shape: [batch, 8]}}
        graph:
        \(text.map { "  - \($0)" }.joined(separator: "\n"))
        outputs: {y: previous}
        """, path: "m.yaml"
    ).graph()
  }

  private func paths(_ graph: Graph) -> [String] { graph.modules.modules.map(\.path) }

  @Test("What is used again has its modules and parameters once")
  func once() throws {
    let graph = try graph(
      "block: {name: tower, from: x, to: a, graph: [linear: {name: fc, out: 8}, relu: {}]}",
      "use: {name: tower, from: z, to: b}", "add: {from: [a, b]}")
    #expect(paths(graph) == ["tower", "tower.fc"])
    #expect(graph.entryCount == 72)
    #expect(
      graph.nodes.map(\.operation.name) == ["linear", "activation", "linear", "activation", "add"])
    #expect(graph.nodes[0].operands.dropFirst() == graph.nodes[2].operands.dropFirst())
    #expect(graph.nodes[0].operands[0] != graph.nodes[2].operands[0])
  }

  @Test("A name is sought in the enclosing module, then around it; a turn of a repeat has one")
  func names() throws {
    let graph = try graph(
      "linear: {name: fc, out: 8, from: x}",
      "block: {name: a, graph: [linear: {name: fc, out: 8}, use: fc]}",
      "repeat: {name: b, count: 2, graph: [linear: {name: own, out: 8}, use: fc]}", "use: b.1",
      "use: b")
    let modules = graph.nodes.map(\.module)
    #expect(
      modules == [
        "fc", "a.fc", "a.fc", "b.0.own", "fc", "b.1.own", "fc", "b.1.own", "fc", "b.0.own", "fc",
        "b.1.own", "fc",
      ])
    #expect(graph.entryCount == 4 * 72)
  }

  @Test("A repeat whose turns share has no numbers in its paths; without a name it has no module")
  func repeats() throws {
    let named = try graph(
      "repeat: {name: a, count: 3, shared: true, from: x, graph: [linear: {name: fc, out: 8}]}")
    #expect(paths(named) == ["a", "a.fc"] && named.nodes.count == 3)
    let unnamed = try graph(
      "repeat: {count: 3, shared: true, from: x, graph: [linear: {name: fc, out: 8}]}")
    #expect(paths(unnamed) == ["fc"] && unnamed.nodes.count == 3)
    let numbered = try graph(
      "repeat: {count: 3, from: x, graph: [linear: {name: fc$index, out: 8}, relu]}")
    #expect(paths(numbered) == ["fc0", "fc1", "fc2"] && numbered.entryCount == 3 * 72)
  }

  @Test("Uses that multiply end at the limit on steps")
  func bounded() {
    let doubled = (0..<24).map { "block: {name: b\($0 + 1), graph: [use: b\($0), use: b\($0)]}" }
    let text = steps(
      (["linear: {name: b0, out: 8, from: x}"] + doubled).map { $0 }.joined(separator: "\n  - "))
    #expect(Refusal("", text, "").found?.contains("more than 100000 steps") == true)
  }

  @Test("Uses of uses end at the limit on depth")
  func deep() {
    let chain = (0..<40).map { "block: {name: b\($0 + 1), graph: [use: b\($0)]}" }
    let text = steps(
      (["linear: {name: b0, out: 8, from: x}"] + chain + ["use: b40"]).joined(separator: "\n  - "))
    #expect(Refusal("", text, "").found?.contains("32 levels") == true)
  }
}
