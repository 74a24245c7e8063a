import Peft
import Testing

/// Generated configurations on bundled models of two to four layers, from the description to the
/// count.
@Suite("What PEFT adapts, saves, trains and refuses") struct MatchingTests {
  struct Rows: Decodable { let rows: [MatchingRow] }

  static let families = [
    "bert", "bert-classifier", "clip", "dinov2", "distilbert", "distilbert-classifier", "gemma",
    "gpt2", "gpt_neox", "llama", "llama-tied", "mistral", "opt", "phi3", "qwen2", "qwen3",
    "roberta", "roberta-classifier", "t5", "vit",
  ]

  @Test("Every family", arguments: families)
  func family(name: String) throws {
    let rows = try Recorded.decode("matching/\(name).json", as: Rows.self).rows
    var graphs: [String: Graph] = [:]
    var differences: [String] = []
    for row in rows {
      let key = "\(row.model) \(row.layers)"
      let graph =
        try graphs[key]
        ?? ModelDescription(row.model, setting: [("layers", "\(row.layers)")]).graph()
      graphs[key] = graph
      differences += row.differences(on: graph).map { "\(row.settings) on \(key): \($0)" }
    }
    #expect(rows.count == 138)
    #expect(differences.isEmpty, "\(Recorded.summary(differences, of: rows.count))")
  }
}
