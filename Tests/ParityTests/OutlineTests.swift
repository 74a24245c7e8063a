import Peft
import PeftTestSupport
import Testing

/// PEFT's counts on models of which only a text or a header is given.
@Suite("Counts on outlines are PEFT's") struct OutlineTests {
  struct Row: Decodable {
    let model: String
    let tuner: String
    let config: [String: RecordedValue]
    let trainable: Int
    let all: Int
    let targets: Int
  }

  /// What a text shows of a model's parameters.
  struct Sizes: Decodable {
    let model: String
    let parameters: Int
    /// Parameters that no layer prints.
    let hidden: Int
    /// Parameters that are printed once more, because modules share them.
    let repeated: Int

    var printed: Int { parameters - hidden + repeated }
  }

  static let models = Result {
    try Fixture.rows("outlines/outlines.json", at: "models", as: Sizes.self, exactly: 16)
  }
  static let rows = Result {
    try Fixture.rows("outlines/outlines.json", at: "rows", as: Row.self, exactly: 205)
  }

  /// What no header tells: layers that have the shapes of others.
  static let misguessed: Set<String> = [
    // A router of a class of its own, an EmbeddingBag and a norm over two axes are taken for linear layers.
    "mixtral all-linear", "convolutions all-linear",
  ]

  /// PEFT adapts the experts of a Mixtral, one parameter for all of them, by a rule of its own for that family.
  static let ruled: Set<String> = ["mixtral LORA all-linear"]

  @Test("The text of print(model)", arguments: try models.get().map(\.model))
  func printed(model: String) throws {
    let sizes = try #require(try Self.models.get().first { $0.model == model })
    let outline = try CountedModel(Fixture.path("outlines/\(model).txt"))
    #expect(outline.graph.entryCount == sizes.printed)
    let differences = try Self.differences(model, outline.graph) {
      $0 - sizes.hidden + sizes.repeated
    }
    let expected = Self.ruled.filter { $0.hasPrefix("\(model) ") }.count
    #expect(differences.count == expected, "\(differences)")
  }

  @Test("The header of a safetensors file", arguments: try models.get().map(\.model))
  func header(model: String) throws {
    let sizes = try #require(try Self.models.get().first { $0.model == model })
    let outline = try CountedModel(Fixture.path("outlines/\(model).safetensors"))
    #expect(outline.graph.entryCount == sizes.parameters)
    let differences = try Self.differences(model, outline.graph) { $0 }
    let expected = Self.misguessed.contains("\(model) all-linear") ? ["all-linear"] : []
    #expect(Set(differences.map(\.targets)) == Set(expected), "\(differences)")
  }

  struct Difference: Equatable {
    let targets: String
    let text: String
  }

  /// - Parameter total: All parameters of a model of which the outline has others.
  private static func differences(
    _ model: String, _ graph: Graph, total: (Int) -> Int
  ) throws -> [Difference] {
    let rows = try rows.get().filter { $0.model == model }
    try #require(rows.count >= 12)
    return rows.compactMap { row in
      let settings = RecordedSettings(row.tuner, row.config)
      let expected = "\((row.trainable, total(row.all), row.targets))"
      let found: String
      do {
        let budget = try settings.applied(to: graph).budget
        found = "\((budget.trainableParameters, budget.allParameters, budget.targets))"
      } catch {
        found = "\(error)"
      }
      guard found != expected else { return nil }
      let isAll = row.config["target_modules"]?.value == .text("all-linear")
      return Difference(
        targets: isAll ? "all-linear" : "others", text: "\(settings): \(found), not \(expected)")
    }
  }
}
