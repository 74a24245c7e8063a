import Foundation
import Peft
import PeftReports
import Testing

@Suite("A model with an adapter") struct PeftModelTests {
  @Test("The base stays as it was, the adapted graph has the tuner's tensors")
  func graphs() throws {
    let model = try AdapterPlan("gpt2", tuner: LoraConfig(r: 4), setting: ["layers": "2"])
    let adapted = try model.graph()
    #expect(adapted.entryCount - model.base.entryCount == model.trainableParameters)
    #expect(model.base.parameter(named: "transformer.h.0.attn.c_attn.lora_A.default.weight") == nil)
    #expect(adapted.parameter(named: "transformer.h.0.attn.c_attn.lora_A.default.weight") != nil)
  }

  @Test("The report of matches keeps its promise")
  func matchJSON() throws {
    let tuner = try TunerRequest(
      "lora:target_modules=[c_attn,c_prj],exclude_modules=[h.1.attn.c_attn],"
        + "modules_to_save=[ln_f],rank_pattern={c_attn: 4}"
    ).single()
    let graph = try ModelDescription("gpt2", setting: [("layers", "2")]).graph()
    let text = try AdapterPlan(graph, tuner: tuner).matchReport(as: .json)
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(report["matched"] as? [String] == ["transformer.h.0.attn.c_attn"])
    #expect(
      report["excluded"] as? [String] == ["transformer.h.1.attn.c_attn", "transformer.ln_f"])
    #expect(report["saved"] as? [String] == ["transformer.ln_f"])
    #expect(report["trainable_parameters"] as? Int == 4 * (768 + 2304) + 2 * 768)
    let reasons = try #require(report["reasons"] as? [String: String])
    #expect(
      reasons["transformer.h.1.attn.c_attn"]
        == #"excluded by "h.1.attn.c_attn" in exclude_modules"#)
    #expect(reasons["lm_head"] == "no entry of target_modules names it")
    let entries = try #require(report["entries"] as? [[String: Any]])
    let hits = entries.map { "\($0["field"] ?? "") \($0["entry"] ?? "") \($0["hits"] ?? "")" }
    #expect(
      hits == [
        "target_modules c_attn 1", "target_modules c_prj 0", "exclude_modules h.1.attn.c_attn 1",
        "modules_to_save ln_f 1", "rank_pattern c_attn 1",
      ])
    #expect((report["warnings"] as? [String])?.count == 1)
  }

  @Test("The table of matches folds layers, or lists all")
  func matchTable() throws {
    let model = try AdapterPlan("gpt2", tuner: LoraConfig())
    let folded = try model.matchReport(as: .table)
    #expect(folded.contains("transformer.h.*.attn.c_attn × 12"))
    #expect(!folded.contains("transformer.h.0.attn.attn_dropout"))
    let all = try model.matchReport(as: .table, listsAll: true)
    #expect(all.contains("transformer.h.0.attn.attn_dropout"))
    #expect(!all.contains("× 12"))
  }

  @Test("Every bundled model is counted for the list")
  func catalog() throws {
    let entries = try ModelCatalog().entries
    #expect(entries.map(\.name) == BundledModels.names)
    #expect(entries.allSatisfy { $0.summary != nil })
    #expect(
      try entries.map(\.parameters)
        == BundledModels.names.map { try ModelDescription($0).graph().entryCount })
  }

  @Test("A tuner's fields are listed with default, kind and meaning")
  func fields() throws {
    let pages = TunerHelpPages(.standard)
    let text = try pages.fields(ofTuner: "LoRA", as: .json)
    let fields = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
    #expect(fields.count == LoraConfig.fields.count)
    let rank = try #require(fields.first { $0["field"] as? String == "r" })
    #expect(rank["default"] as? Int == 8)
    #expect(rank["accepts"] as? String == "a whole number, at least 1")
    #expect(rank["supported"] as? Bool == true)
    #expect(fields.first { $0["field"] as? String == "use_qalora" }?["supported"] as? Bool == false)
    for format in ReportFormat.allCases {
      let list = try pages.list(as: format)
      #expect(list.contains("lora") && list.contains("randlora"), "\(format)")
    }
  }
}
