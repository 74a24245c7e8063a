import Foundation
import ModelDescription
import ModelGraph

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
      try check(description.graph())
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
      try check(description.graph())
    })

  private static func check(_ graph: Graph) throws {
    guard graph.parameters.allSatisfy({ $0.shape.allSatisfy { $0 >= 0 } }) else {
      throw FuzzFinding("a parameter of a negative size")
    }
  }
}
