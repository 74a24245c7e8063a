import ModelGraph
import PeftTestSupport
import Testing

@testable import TunerKit

/// What PEFT made of generated configurations on real architectures.
@Suite("Configurations that PEFT answered") struct RecordedMatchingTests {
  struct Tree: Decodable {
    let modules: [RecordedModule]
    let modelType: String?
    let outputEmbedding: String?

    private enum CodingKeys: String, CodingKey {
      case modules
      case modelType = "model_type"
      case outputEmbedding = "output_embeddings"
    }
  }

  private func rows(of family: String) throws -> [RecordedRow] {
    try Fixture.rows("matching/\(family).json", at: "rows", exactly: 138)
  }

  @Test("All rows are replayed, but for those with a mistake elsewhere")
  func allRows() throws {
    let rows = try Fixture.names(in: "matching").flatMap(rows(of:))
    #expect(rows.count(where: \.isAboutTargets) == 2652)
  }

  @Test(
    "The same modules are adapted, saved and refused",
    arguments: try Fixture.names(in: "matching").exactly(20, "families"))
  func family(_ family: String) throws {
    let rows = try rows(of: family)
    let tree = try Fixture.decode("modules/\(family).json", as: Tree.self)
    let matchers = (2...4).map { layers in
      TargetMatcher(
        modules: tree.modules.flatMap { copies(of: $0.module, layers: layers) },
        modelType: tree.modelType, outputEmbedding: tree.outputEmbedding)
    }
    for row in rows where row.isAboutTargets {
      row.check(matchers[try #require(row.layers) - 2])
    }
  }

  /// A module of a two-layer model, and for one of its second layer, those of the layers after.
  private func copies(of module: Module, layers: Int) -> [Module] {
    let components = module.path.split(separator: ".")
    guard let position = components.firstIndex(where: { Int($0) != nil }),
      components[position] == "1"
    else { return [module] }
    return (1..<layers).map { layer in
      var copy = components
      copy[position] = "\(layer)"
      return Module(path: copy.joined(separator: "."), kind: module.kind)
    }
  }
}
