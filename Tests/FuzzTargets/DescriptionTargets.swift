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
