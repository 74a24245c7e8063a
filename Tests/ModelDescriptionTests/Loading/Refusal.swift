import ModelDescription
import PeftTestSupport

/// A description that cannot be used, and all that is printed about it.
struct Refusal: Sendable, CustomStringConvertible {
  let description: String
  let text: String
  let prints: String

  init(_ description: String, _ text: String, _ prints: String) {
    self.description = description
    self.text = text
    self.prints = prints
  }

  /// What is printed.
  var found: String? { message { _ = try ModelDescription(text: text, path: "m.yaml").graph() } }
}

/// A description with some dimensions and inputs and these steps, from line 5 on.
func steps(_ steps: String..., big: String = "1000000000000") -> String {
  """
  name: m
  dimensions: {width: 8, heads: 3, zero: 0, big: \(big)}
  inputs: {x: {type: numbers, shape: [batch, 8]}, h: {type: numbers, shape: [batch, sequence, 8]}, \
  t: {type: tokens, shape: [batch, sequence]}}
  graph:
  \(steps.map { "  - \($0)" }.joined(separator: "\n"))
  outputs: {y: previous}
  """
}
