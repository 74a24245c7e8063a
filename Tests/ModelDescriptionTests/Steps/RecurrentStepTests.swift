import ModelGraph
import Testing

@testable import ModelDescription

@Suite("The steps of recurrent layers") struct RecurrentStepTests {
  /// A description whose steps read a sequence of 6 features, and a mask.
  private func described(_ step: String, input: String = "[batch, sequence, 6]") -> String {
    """
    name: m
    inputs:
      x: {type: numbers, shape: \(input)}
      mask: {type: mask, shape: [batch, sequence], optional: true}
      other: {type: mask, shape: [batch, other], optional: true}
    graph:
      - \(step)
    outputs: {y: previous}
    """
  }

  @Test(
    "Width and parameters",
    arguments: [
      ("lstm: {name: r, out: 5, from: x}", 5, 4 * 5 * (6 + 5 + 2)),
      (
        "gru: {name: r, out: 5, bidirectional: true, mask: mask, from: x}", 10,
        2 * 3 * 5 * (6 + 5 + 2)
      ),
      ("rnn: {name: r, out: 5, bias: false, layers: 2, from: x}", 5, 5 * (6 + 5) + 5 * (5 + 5)),
      (
        "lstm: {name: r, out: 5, layers: 2, bidirectional: true, dropout: 0.5, from: x}", 10,
        2 * 20 * (6 + 5 + 2) + 2 * 20 * (10 + 5 + 2)
      ),
    ])
  func builds(step: String, width: Int, parameters: Int) throws {
    let graph = try ModelDescription(text: described(step)).graph()
    let output = try #require(graph.outputs.first)
    #expect(graph[output.value].type.shape.dimensions.last == .size(width))
    #expect(graph.entryCount == parameters)
    #expect(
      graph.modules.module(at: "r")?.kind.description == step.prefix { $0 != ":" }.uppercased())
  }

  @Test(
    "What does not fit is refused with its place",
    arguments: [
      ("lstm: {out: 5, from: x}", "name"),
      ("lstm: {name: r, from: x}", "out"),
      ("gru: {name: r, out: 0, from: x}", "at least 1"),
      ("lstm: {name: r, out: 5, layers: 0, from: x}", "at least 1"),
      ("rnn: {name: r, out: 5, function: gelu, from: x}", "tanh"),
      ("lstm: {name: r, out: 5, function: relu, from: x}", "function"),
      ("lstm: {name: r, out: 5, mask: other, from: x}", "does not fit the mask"),
      ("lstm: {name: r, out: 5, mask: x, from: x}", "mask"),
      ("lstm: {name: r, out: 5, dropout: 1, from: x}", "1"),
      ("gru: {name: r, out: 5, from: mask}", "must be a known size"),
    ])
  func refused(step: String, words: String) {
    let error = #expect(throws: (any Error).self) {
      try ModelDescription(text: described(step)).graph()
    }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains(words) && text.contains(":7:"), "\(text)")
  }

  @Test("An input without positions is refused")
  func noPositions() {
    let error = #expect(throws: (any Error).self) {
      try ModelDescription(
        text: described("lstm: {name: r, out: 5, from: x}", input: "[batch, 6]")
      ).graph()
    }
    #expect(error.map { "\($0)" }?.contains("3 axes") == true, "\(error.map { "\($0)" } ?? "")")
  }
}
