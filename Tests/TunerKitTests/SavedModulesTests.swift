import ModelGraph
import Testing

@testable import TunerKit

@Suite("Modules trained in full") struct SavedModulesTests {
  static let matcher = TargetMatcher(
    modules: [
      Module(path: "layers", kind: "ModuleList"),
      Module(path: "layers.0", kind: .container),
      Module(path: "layers.0.query", kind: .linear),
      Module(path: "classifier", kind: .linear),
      Module(path: "lm_head", kind: .linear),
    ], modelType: "bert")

  private func report(
    _ saved: [String], _ targets: TargetSelection.Targets = .names(["query"]),
    task: TaskType? = nil
  ) throws(TargetError) -> MatchReport {
    try Self.matcher.report(
      for: TargetSelection(targetModules: targets, modulesToSave: saved, taskType: task))
  }

  @Test("An entry takes every path that ends with its text, and says so off a dot")
  func textSuffix() throws {
    let report = try report(["head"])
    #expect(report.saved.modules.map(\.path) == ["lm_head"])
    #expect(
      report.warnings.map(\.description) == [
        "\"head\" in modules_to_save also takes lm_head, whose path ends with it;"
          + " if that is not meant, give the whole path"
      ])
  }

  @Test("An entry that hits nothing is warned of with the nearest name")
  func misspelled() throws {
    #expect(
      try report(["clasifier"]).warnings.map(\.description) == [
        "\"clasifier\" in modules_to_save hits no module; did you mean \"classifier\" (1 module)?"
      ])
  }

  @Test("Sequence classification keeps all-linear off its head")
  func sequenceClassification() throws {
    let report = try report([], .allLinear, task: .sequenceClassification)
    #expect(report.matched.map(\.path) == ["layers.0.query", "lm_head"])
    #expect(report.saved.modules.map(\.path) == ["classifier"])
  }

  @Test("Lists of modules, adapted modules and empty entries are refused")
  func refusals() {
    #expect(throws: TargetError(.savedModuleIsList(entry: "layers", Self.matcher.modules[0]))) {
      try report(["layers"], .names(["lm_head"]))
    }
    #expect(throws: TargetError(.savedModuleIsAdapted(entry: "head", path: "lm_head"))) {
      try report(["head"], .names(["lm_head"]))
    }
    #expect(throws: TargetError(.emptySavedModule)) { try report([""]) }
  }
}
