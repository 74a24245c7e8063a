import ModelDescription
import PeftBasics
import Testing

@Suite("Bounds on what a description makes") struct LastBoundsTests {
  private func errors(_ text: String) -> [DescriptionError] {
    do {
      _ = try ModelDescription(text: text).graph()
    } catch let error as DescriptionErrors {
      return error.errors
    } catch let error as DescriptionError {
      return [error]
    } catch {}
    return []
  }

  private static let head = "name: m\ninputs: {x: {type: numbers, shape: [batch, 8]}}\n"

  @Test("A module's path of twenty thousand parts is refused where it is listed")
  func longPath() {
    let path = Array(repeating: "a", count: 20_000).joined(separator: ".")
    let found = errors(
      Self.head + "modules: [{? \(path) : Dropout}]\ngraph: [softmax: {from: x}]\noutputs: {y: x}")
    #expect(found.first?.problem.hasSuffix("cannot be a module's name") == true)
  }

  @Test(
    "After a hundred mistakes nobody looks for more",
    arguments: ["linaer: {name: a, out: 1}", "softmax: {from: nothing}"])
  func manyMistakes(step: String) {
    let steps = String(repeating: "  - \(step)\n", count: 2_000)
    #expect(errors(Self.head + "graph:\n\(steps)outputs: {y: x}").count == 100)
  }

  @Test("Steps that make many values each end at a million")
  func manyValues() {
    let found = errors(
      """
      name: m
      inputs: {x: {type: numbers, shape: [batch, 256]}}
      graph:
        - repeat: {name: l, count: 5000, graph: [split: {parts: 256, from: x}]}
      outputs: {y: x}
      """)
    #expect(found.map(\.problem) == ["the model has more than 1000000 values"])
  }

  @Test("A description of which no output is left is refused")
  func noOutputs() {
    let found = errors(
      Self.head + "graph: [softmax: {from: x}]\noutputs: {y: {from: x, when: false}}")
    #expect(
      found.map(\.problem) == ["no output is left: every 'when' under outputs is false"])
  }
}
