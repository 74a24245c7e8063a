import Foundation
import ModelDescription
import ModelGraph
import Peft
import PeftAdapters

extension FuzzTarget {
  /// A description in YAML, as far as its graph.
  static let description = FuzzTarget(
    "description", longest: 8_192,
    seeds: {
      try Seeds.files("Models", ".yaml", shorterThan: 9_000)
        + Seeds.blocks(of: "yaml", in: "README.md")
    },
    { bytes in
      let description = try ModelDescription(text: bytes.text, path: "model.yaml")
      try check(description)
    })

  /// A checkpoint's `config.json`, as far as its graph.
  static let configuration = FuzzTarget(
    "configuration", longest: 6_000,
    seeds: {
      try ["configs", "hub", "found", "checkpoints"].flatMap {
        try Seeds.files("Tests/Fixtures/\($0)", ".json")
      }
    },
    { bytes in
      let description = try ModelDescription(configuration: bytes.text)
      _ = description.warnings
      try check(description)
    })

  /// The text of PyTorch's `print(model)`, as far as an adapter's costs.
  static let printedModel = FuzzTarget(
    "printed-model", longest: 4_096, seeds: { try Seeds.files("Tests/Fixtures/outlines", ".txt") },
    { bytes in try count(ModelOutline(printed: bytes.text, path: "model.txt").graph) })

  /// A safetensors file as a model to count on.
  static let tensorOutline = FuzzTarget(
    "tensor-outline", longest: 6_000,
    seeds: { try Seeds.files("Tests/Fixtures/outlines", ".safetensors") },
    { bytes in
      let path = try Scratch.shared.write("outline.safetensors", bytes)
      try count(ModelOutline(checkpointAt: path).graph)
    })

  private static func count(_ graph: Graph) throws {
    guard graph.isOutline, graph.entryCount >= 0 else { throw FuzzFinding("it is no outline") }
    guard graph.parameters.count < 1_000 else { return }
    let lora = LoraConfig(r: 2, targetModules: .allLinear)
    try attempt {
      let plan = try AdapterPlan(graph, tuner: lora)
      _ = try plan.graph().text(as: .tree, comparedWith: graph)
    }
  }

  /// Small models are adapted, and run.
  private static func check(_ description: ModelDescription) throws {
    let graph = try description.graph()
    let count = graph.entryCount
    guard graph.parameters.allSatisfy({ $0.shape.allSatisfy { $0 >= 0 } }), count >= 0 else {
      throw FuzzFinding("a parameter of a negative size")
    }
    guard count < 100_000, graph.nodes.count < 1_000 else { return }
    let model = try Model(random: description, threads: 1)
    let inputs = try graph.probeInputs(length: 5)
    guard inputs.values.allSatisfy({ $0.count < 10_000 }) else { return }
    try attempt { _ = try model(inputs) }
    let lora = LoraConfig(r: 2, targetModules: .allLinear)
    try attempt { _ = try model.adapted(by: Adapter(lora, for: graph))(inputs) }
  }
}
