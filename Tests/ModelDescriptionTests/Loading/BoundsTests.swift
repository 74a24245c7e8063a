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
    let lines = (message { _ = try ModelDescription(text: text).graph() } ?? "")
      .split(separator: "\n")
    #expect(
      lines.first?.hasSuffix("error: the model takes more than 100000 steps to build") == true)
    #expect(lines.last == "  fix: choose smaller counts")
    #expect(lines.count == 4)
  }

  @Test("Blocks that multiply each other stop too")
  func multiplyingBlocks() {
    let blocks = (0..<30).map {
      "b\($0): {inputs: [x], graph: [b\($0 + 1): {from: x}, b\($0 + 1): {}]}"
    }
    let text = """
      name: m
      inputs: {x: {type: numbers, shape: [batch, 8]}}
      blocks: {\(blocks.joined(separator: ", ")), b30: {inputs: [x], graph: [relu: {}]}}
      graph: [b0: {from: x}]
      outputs: {y: previous}
      """
    #expect(
      message { _ = try ModelDescription(text: text).graph() }?.contains(
        "the model takes more than 100000 steps to build") == true)
  }

  @Test("Blocks in blocks in blocks end before the stack does")
  func deepBlocks() {
    let blocks = (0..<5000).map { "b\($0): {inputs: [x], graph: [b\($0 + 1): {from: x}]}" }
    let text = """
      name: m
      inputs: {x: {type: numbers, shape: [batch, 8]}}
      blocks: {\(blocks.joined(separator: ", ")), b5000: {inputs: [x], graph: [relu: {}]}}
      graph: [b0: {from: x}]
      outputs: {y: previous}
      """
    #expect(
      message { _ = try ModelDescription(text: text).graph() }?.contains(
        "error: blocks use each other more than 32 levels deep") == true)
  }
}
