import Foundation
import Peft
import PeftAdapters
import PeftReports
import PeftTestSupport
import Testing

@Suite("A page about budgets") struct BudgetExplorerTests {
  private func series(_ comparison: Comparison) throws -> [[String: Any]] {
    let page = try BudgetExplorer(comparison).page(
      memory: ("of three", { $1.entryCount == 0 ? nil : $0.rank.map { 1000 + $0 } }))
    let json = try #require(
      page.text.firstMatch(of: /<script type="application\/json" id="data">(.*?)<\/script>/)?.output
        .1)
    let data = try #require(
      try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    return try #require(data["series"] as? [[String: Any]])
  }

  @Test("A curve for each tuner and model, with the counts of each rank")
  func curves() throws {
    let graphs = try ["gpt2", "bert-base"].map { try ModelDescription($0).graph() }
    let requests = try ["lora:r=8|16", "randlora:r=8|32", "lora:r=4,bias=all"].map {
      try TunerRequest($0, registry: .standard)
    }
    let comparison = try Comparison(graphs, requests)
    let series = try series(comparison)
    #expect(
      series.map { "\($0["model"] ?? "") \($0["tuner"] ?? "") \($0["settings"] ?? "")" } == [
        "gpt2 lora ", "gpt2 randlora ", "gpt2 lora bias=all", "bert-base lora ",
        "bert-base randlora ", "bert-base lora bias=all",
      ])
    #expect(
      series.map { $0["asked"] as? [Int] } == [[8, 16], [8, 32], [4], [8, 16], [8, 32], [4]])
    for row in comparison.rows {
      let own = try #require(
        series.first {
          $0["model"] as? String == row.model && $0["tuner"] as? String == row.tuner
            && ($0["settings"] as? String == "bias=all") == (row.settings["bias"] != nil)
        })
      let points = try #require(own["points"] as? [[Int]])
      #expect(points.map { $0[0] } == points.map { $0[0] }.sorted())
      #expect(points.first?[0] == 1 && points.last?[0] == 768)
      let point = try #require(points.first { $0[0] == row.rank })
      #expect(
        point == [
          try #require(row.rank), row.trainableParameters, row.adapterBytes,
          row.adapterBytesWithBases, row.peftAdapterBytes, row.optimizerBytes,
          1000 + (row.rank ?? 0), row.updateRank,
        ])
    }
  }
}
