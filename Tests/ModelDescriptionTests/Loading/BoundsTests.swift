import PeftTestSupport
import Testing

@testable import ModelDescription

@Suite("Bounds of building") struct BoundsTests {
  @Test(
    "Huge counts end in bounded time and memory, whatever they repeat",
    arguments: [
      "repeat: {name: l, count: $big, from: x, graph: [relu]}",
      "repeat: {name: l, count: $big, from: x, graph: []}",
      "repeat: {name: l, count: $big, from: x, graph: [relu: {when: false}]}",
      "repeat: {name: l, count: 9999, from: x, graph: [repeat: {name: l, count: 9999, graph: []}]}",
    ])
  func hugeCounts(step: String) {
    // The second step is not reached, and no second error is printed.
    let text = steps(step, "repeat: {name: m, count: $big, graph: [relu]}", big: "1000000000000000")
    let lines = (PeftTestSupport.message { _ = try ModelDescription(text: text).graph() } ?? "")
      .split(separator: "\n")
    #expect(
      lines.first?.hasSuffix("the model takes more than 100000 steps to build") == true)
    #expect(lines.last == "  fix: choose smaller counts")
    #expect(lines.count == 4)
  }

  /// What is printed about a model that begins with the first of these blocks.
  private func message(blocks: [String]) -> String? {
    let text = """
      name: m
      inputs: {x: {type: numbers, shape: [batch, 8]}}
      blocks: {\(blocks.joined(separator: ", ")), b\(blocks.count): {inputs: [x], graph: [relu: {}]}}
      graph: [b0: {from: x}]
      outputs: {y: previous}
      """
    return PeftTestSupport.message { _ = try ModelDescription(text: text).graph() }
  }

  @Test("Blocks that multiply each other stop too")
  func multiplyingBlocks() {
    let blocks = (0..<30).map {
      "b\($0): {inputs: [x], graph: [b\($0 + 1): {from: x}, b\($0 + 1): {}]}"
    }
    #expect(
      message(blocks: blocks)?.contains("the model takes more than 100000 steps to build") == true)
  }

  @Test("Blocks in blocks in blocks end before the stack does")
  func deepBlocks() {
    let blocks = (0..<5000).map { "b\($0): {inputs: [x], graph: [b\($0 + 1): {from: x}]}" }
    #expect(
      message(blocks: blocks)?.contains("blocks use each other more than 32 levels deep")
        == true)
  }
}
