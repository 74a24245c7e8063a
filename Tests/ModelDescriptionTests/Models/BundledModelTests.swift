import ModelGraph
import PeftTestSupport
import Testing

@testable import ModelDescription

@Suite("Bundled models") struct BundledModelTests {
  /// Kinds that tuners tell apart, with the classes of transformers that are of that kind.
  private static let kinds: [String: Module.Kind] = [
    "Linear": .linear, "Conv1D": .conv1D, "Conv2d": .conv2D, "Embedding": .embedding,
    "GemmaTextScaledWordEmbedding": .embedding, "Gemma2TextScaledWordEmbedding": .embedding,
    "Gemma3TextScaledWordEmbedding": .embedding, "FalconLinear": .linear,
    "OPTLearnedPositionalEmbedding": .embedding,
    "LayerNorm": "LayerNorm", "Dropout": "Dropout",
  ]

  @Test(
    "Modules and parameters are those of transformers, in its order",
    arguments: try Fixture.names(in: "modules").exactly(37, "models"))
  func modules(family: String) throws {
    let fixture: ModuleFixture = try Fixture.decode("modules/\(family).json")
    let graph = try ModelDescription(
      fixture.model, setting: [("layers", "\(fixture.layers)")]
    ).graph()
    try graph.validate()

    let modules = graph.modules.modules
    try #require(modules.map(\.path) == fixture.modules.map { $0[0] })
    for (module, expected) in zip(modules, fixture.modules) {
      let isKnown = Self.kinds.values.contains(module.kind)
      #expect((isKnown ? module.kind : nil) == Self.kinds[expected[1]], "\(module.path)")
    }
    #expect(graph.namedShapes == fixture.parameters)
    #expect(graph.origin.modelType == fixture.modelType)
    #expect(graph.origin.outputEmbedding == fixture.outputEmbedding)
    #expect(tiedNames(in: graph) == fixture.tied)
    #expect(graph.paddingRows == fixture.padding)
  }

  /// Names under which a parameter is found a second time, each with the first.
  private func tiedNames(in graph: Graph) -> [[String]] {
    var names: [[String]] = []
    for path in [""] + graph.modules.modules.map(\.path) {
      for (name, id) in graph.modules.ownParameters(of: path) {
        let full = path.isEmpty ? name : "\(path).\(name)"
        if full != graph[id].name { names.append([full, graph[id].name]) }
      }
    }
    return names
  }

  static let models = Result {
    try Fixture.rows("models.json", at: "models", as: ModelFixture.self, exactly: 68)
  }

  @Test("At full size, paths and counts are those of transformers", arguments: try models.get())
  func fullSize(expected: ModelFixture) throws {
    let graph = try ModelDescription(expected.model).graph()
    try graph.validate()
    let paths = graph.modules.modules.map(\.path)
    #expect(graph.entryCount == expected.parameters)
    #expect(paths.count == expected.modules)
    #expect(hash(paths) == expected.paths)
  }

  @Test("Every bundled description builds a valid graph", arguments: BundledModels.names)
  func builds(name: String) throws {
    let description = try ModelDescription(name)
    try description.graph().validate()
    #expect(description.name == name)
    let summary = try #require(description.summary)
    #expect(BundledModels.text(of: name)?.contains("\nsummary: \(summary)\n") == true)
    #expect(description.dimensions["layers"] != nil)
  }

  @Test("Every model is compared with transformers, but for families and the examples")
  func allCompared() throws {
    let compared = Set(try Self.models.get().map(\.model))
    let families = BundledModels.names.filter {
      BundledModels.text(of: $0)?.contains("\nconfig:") == true
    }
    let others = BundledModels.names.filter { !compared.contains($0) && !families.contains($0) }
    #expect(others == ["cnn", "mlp"])
    #expect(compared.isSubset(of: BundledModels.names))
  }
}
