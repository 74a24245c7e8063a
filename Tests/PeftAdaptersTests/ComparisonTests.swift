import Foundation
import Peft
import PeftTestSupport
import Testing

@Suite("Comparing tuners") struct ComparisonTests {
  private func rows(
    _ models: [String], _ tuners: [String], _ ranks: Comparison.Ranks = .asGiven
  ) throws -> [Budget] {
    try comparison(models, tuners, ranks).rows
  }

  private func comparison(
    _ models: [String], _ tuners: [String], _ ranks: Comparison.Ranks = .asGiven
  ) throws -> Comparison {
    try Comparison(
      models.map { try ModelDescription($0).graph() }, tuners.map { try TunerRequest($0) },
      ranks: ranks)
  }

  @Test("All targets of GPT-2 cost what PEFT counts")
  func gpt2() throws {
    let targets = "target_modules=[c_attn,c_proj,c_fc]"
    let rows = try rows(["gpt2"], ["lora:r=16,\(targets)", "randlora:r=32,\(targets)"])
    #expect(rows.map(\.trainableParameters) == [2_359_296, 921_600])
    #expect(rows.map(\.targets) == [48, 48])
    #expect(rows.map(\.baseParameters) == [124_439_808, 124_439_808])
    #expect(rows.map(\.updateRank) == [16, 768])
  }

  @Test("q_proj and v_proj of Llama 3.2 3B cost what PEFT counts")
  func llama() throws {
    let row = try rows(["llama-3.2-3b"], ["randlora:target_modules=[q_proj,v_proj]"])[0]
    #expect(row.trainableParameters == 9_289_728)
  }

  @Test("Models come one after the other, tuners in the order asked for, the same row once")
  func order() throws {
    let rows = try rows(["distilgpt2", "gpt2"], ["lora:r=8|4|8", "lora"])
    #expect(
      rows.map { "\($0.model) \($0.rank ?? 0)" } == [
        "distilgpt2 8", "distilgpt2 4", "gpt2 8", "gpt2 4",
      ])
  }

  @Test("The rank is always among the settings, also where it is the default")
  func rankInSettings() throws {
    #expect(try rows(["gpt2"], ["lora"])[0].settings == ["r": .integer(8)])
  }

  @Test("Without tuners LoRA and RandLora are compared at a few ranks, without a warning")
  func usual() throws {
    let comparison = try Comparison([ModelDescription("gpt2").graph()])
    #expect(comparison.rows.map(\.rank) == [4, 16, 64, 128, 32, 8])
    #expect(comparison.warnings.isEmpty)
  }

  @Test("A model without usual targets is compared on its linear layers, and that is said")
  func noDefaults() throws {
    let comparison = try Comparison([ModelDescription("mlp").graph()])
    #expect(comparison.rows.allSatisfy { $0.targets == 3 })
    #expect(comparison.warnings.count == 1)
  }

  @Test("A budget is met by the nearest rank, for each tuner")
  func budget() throws {
    let rows = try rows(["gpt2"], ["lora", "randlora"], .nearest(to: .parameters(1_000_000)))
    #expect(rows.map(\.rank) == [27, 7])
    #expect(rows.map(\.trainableParameters) == [995_328, 1_023_000])
  }

  @Test("A share is met as it is printed")
  func share() throws {
    let row = try rows(["gpt2"], ["lora"], .nearest(to: .percent(0.5)))[0]
    #expect(abs(row.trainablePercent - 0.5) < 0.02)
  }

  @Test("A budget beyond what ranks can reach gives the nearest, and says so")
  func unreachable() throws {
    let low = try comparison(["gpt2"], ["lora"], .nearest(to: .parameters(1)))
    #expect(low.rows.map(\.rank) == [1])
    #expect(
      low.warnings == [
        "gpt2, lora: no rank trains about 1 parameters; r = 1 comes nearest, with 36,864"
      ])
    let high = try comparison(["gpt2"], ["lora"], .nearest(to: .parameters(1 << 50)))
    #expect(high.rows.map(\.rank) == [768])
    #expect(high.warnings.count == 1)
  }

  @Test("Alpha follows a rank that is searched for, unless it was given")
  func alpha() throws {
    let comparison = try comparison(
      ["gpt2"], ["lora", "randlora", "lora:lora_alpha=5"], .nearest(to: .parameters(1_000_000)))
    #expect(comparison.rows.map(\.rank) == [27, 7, 27])
    let alphas = comparison.rows.map {
      ($0.settings["lora_alpha"] ?? $0.settings["randlora_alpha"])?.double
    }
    #expect(alphas == [27, 140, 5])
    #expect(
      comparison.notes == [
        "lora_alpha follows the rank: give it a value to keep it",
        "randlora_alpha follows the rank: give it a value to keep it",
      ])
    #expect(comparison.warnings.isEmpty)
  }

  @Test("The others are brought to the first one's number, on every model by itself")
  func matching() throws {
    let rows = try rows(["gpt2", "gpt2-medium"], ["lora:r=8", "randlora"], .matchingFirst)
    #expect(rows.map(\.trainableParameters) == [294_912, 294_996, 786_432, 787_152])
    #expect(rows[0].rank == 8 && rows[2].rank == 8)
  }

  @Test("What fails says on which model and with which tuner")
  func failure() {
    let text = message { _ = try rows(["gpt2"], ["lora", "randlora:target_modules=[wte]"]) }
    #expect(
      text?.hasPrefix("gpt2, randlora: transformer.wte (Embedding) cannot be adapted") == true)
  }

  @Test("JSON has exact numbers under the names that are promised")
  func json() throws {
    let text = try comparison(["gpt2"], ["lora:r=16"]).report(as: .json, showsModules: true)
    let array = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
    let row = try #require(array.first)
    #expect(row["model"] as? String == "gpt2")
    #expect(row["tuner"] as? String == "lora")
    #expect(row["settings"] as? [String: Int] == ["r": 16])
    #expect(row["targets"] as? Int == 12)
    #expect(row["target_modules"] as? [String] == ["c_attn"])
    for (name, number) in [
      "base_parameters": 124_439_808, "trainable_parameters": 589_824,
      "all_parameters": 125_029_632, "basis_entries": 0, "basis_bytes": 0,
      "adapter_bytes": 2_362_376, "adapter_bytes_with_bases": 2_362_376,
      "peft_adapter_bytes": 2_362_376, "gradient_bytes": 2_359_296, "optimizer_bytes": 4_718_592,
      "update_rank": 16,
    ] { #expect(row[name] as? Int == number, "\(name)") }
    #expect(row["trainable_percent"] as? Double ?? 0 > 0.4717)
    let modules = try #require(row["modules"] as? [[String: Any]])
    #expect(modules.count == 12)
    #expect(modules[0]["path"] as? String == "transformer.h.0.attn.c_attn")
    #expect(modules[0]["kind"] as? String == "Conv1D")
    #expect(modules[0]["outputs"] as? Int == 2304)
    #expect(modules[0]["inputs"] as? Int == 768)
    #expect(modules[0]["trainable_parameters"] as? Int == 49_152)
    #expect(modules[0]["update_rank"] as? Int == 16)
  }

  @Test("A table fits 120 columns, also for the largest model")
  func width() throws {
    for model in ["gpt2", "llama-3.1-405b"] {
      let table = try Comparison([ModelDescription(model).graph()]).report(as: .table)
      #expect(table.split(separator: "\n").allSatisfy { $0.count <= 120 }, "\(table)")
    }
  }

  @Test("The bases' memory is shown where some are packed")
  func packedBases() throws {
    let targets = "target_modules=[c_attn,c_proj,c_fc]"
    let dense = "randlora:r=32,\(targets)"
    #expect(
      try !comparison(["gpt2"], [dense]).table.columns.map(\.title).contains("in memory"))
    let comparison = try comparison(
      ["gpt2"], [dense, "\(dense),sparse=true", "\(dense),very_sparse=true"])
    let column = try #require(
      comparison.table.columns.firstIndex { $0.title == "in memory" })
    #expect(
      comparison.table.sections[0].rows.map { $0[column] } == ["38.1 MB", "2.38 MB", "688 kB"])
  }

  @Test("CSV has one line a row, and one a module where that is asked for")
  func csv() throws {
    let comparison = try comparison(["gpt2"], ["lora:r=8|16"])
    #expect(try comparison.report(as: .csv).split(separator: "\r\n").count == 3)
    let modules = try comparison.report(as: .csv, showsModules: true).split(separator: "\r\n")
    #expect(modules.count == 1 + 2 * 12)
    #expect(
      modules[1]
        == "gpt2,lora,r=8,transformer.h.0.attn.c_attn,Conv1D,2304,768,24576,8")
  }

  @Test("The modules' table folds repeated layers")
  func modules() throws {
    let text = try comparison(["gpt2"], ["lora:layers_to_transform=[0,1,2]"])
      .report(as: .table, showsModules: true)
    #expect(text.contains("transformer.h.{0–2}.attn.c_attn × 3"))
  }
}
