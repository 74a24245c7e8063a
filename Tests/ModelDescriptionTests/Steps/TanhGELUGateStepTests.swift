import ModelGraph
import Testing

@testable import ModelDescription

@Suite("The step of GEGLU's gate") struct TanhGELUGateStepTests {
  private static let before = [
    "linear: {name: gate_up, out: 12, from: x}", "split: {parts: 2, to: [gate, up]}",
  ]

  @Test("It reads the gate, then the value, such as the halves of one layer's result")
  func halves() throws {
    let text = steps(
      Self.before[0], Self.before[1], "tanh_gelu_gate: {from: [gate, up]}",
      "linear: {name: down, out: 8}")
    let graph = try ModelDescription(text: text).graph()
    let gate = try #require(graph.nodes.first { $0.operation is TanhGELUGate })
    let split = try #require(graph.nodes.first { $0.operation is Split })
    #expect(gate.operands == split.results)
    #expect(graph[gate.results[0]].type == ValueType([.symbol("batch"), 6]))
  }

  @Test("One value is one too few")
  func oneValue() {
    let refusal = Refusal(
      "one value", steps(Self.before[0], "tanh_gelu_gate"),
      """
      m.yaml:6:5: tanh_gelu_gate reads 2 values, not 1
          6 |   - tanh_gelu_gate
            |     ^~~~~~~~~~~~~~
        fix: name them in order: 'from: [q, k, v]'
      """)
    #expect(refusal.found == refusal.prints)
  }
}
