import Foundation
import PeftTestSupport
import Testing

@Suite("peft plan") struct PlanCommandTests {
  @Test("A row for each tuner, with every number")
  func json() throws {
    let run = try PeftProcess(
      "plan", "gpt2", "--tuner", "lora:r=8|16", "--batch", "4", "--sequence", "64", "--threads",
      "2", "--format", "json", "--layers", "--optimizer", "sgd", "--accumulate", "4")
    #expect(run.status == 0, "\(run.errors)")
    let rows = try #require(try run.json as? [[String: Any]])
    #expect(rows.count == 2)
    for row in rows {
      let parts = [
        "model", "basis", "adapter", "optimizer", "gradient", "working", "scratch", "process",
      ].compactMap { row["\($0)_bytes"] as? Int }
      #expect(parts.count == 8)
      #expect(parts.reduce(0, +) == row["total_bytes"] as? Int)
      #expect(row["optimizer_bytes"] as? Int == 0)
      let layers = try #require(row["layers"] as? [[String: Any]])
      #expect(layers.count == 12)
      // Adapted layers are a part of the step.
      let operations = layers.compactMap { $0["flops"] as? Int }.reduce(0, +)
      #expect(try 0..<#require(row["flops"] as? Int) ~= operations)
      #expect(layers.allSatisfy { $0["other_flops"] is Int && $0["gradients"] is NSNull })
      #expect(row["accumulate"] as? Int == 4)
      #expect(row["updates_beside"] as? Int == 12)
    }
  }

  @Test("A checkpoint's weights count as they are stored, and none are needed")
  func checkpoints() throws {
    let folder = try TemporaryFolder()
    try folder.file(
      "config.json", #"{"model_type": "gpt2", "n_embd": 48, "n_head": 4, "n_layer": 2}"#)
    let run = try PeftProcess("plan", folder.path, "--tuner", "lora", "--inference")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains(" · 1 × 128 · inference\n"))
    #expect(!run.output.contains("gradients"))
  }

  @Test(
    "Mistakes are explained",
    arguments: [
      (["gpt2", "--batch", "0"], 64, "'0' is not a whole number from 1 on."),
      (["gpt2", "--inference", "--accumulate", "2"], 64, "leave out --inference"),
      (["gpt2", "--inference", "--dropout", "0"], 64, "leave out --inference"),
      (["gpt2", "--dropout", "1"], 64, "'1' is not a dropout rate: at least 0, below 1."),
      (["gpt2", "--accumulate", "0"], 64, "'0' is not a whole number from 1 on."),
      (["gpt2", "--accumulate"], 64, "Missing value for '--accumulate <batches>'"),
      (["gpt2", "--optimizer", "adan"], 1, "did you mean 'adam'?"),
      (["gpt2", "--sequence", "1025"], 1, "the model has 1024 positions"),
      (["dinov2"], 1, "fix: use the model with a head"),
      (["gpt2", "--tuner", "lora:target_modules=[c_atn]"], 1, "no module matches"),
    ])
  func mistakes(arguments: [String], status: Int32, words: String) throws {
    let run = try PeftProcess(arguments: ["plan"] + arguments)
    #expect(run.status == status)
    #expect(run.errors.contains(words), "\(run.errors)")
  }

  private static let gpt2 = ["plan", "gpt2", "--tuner", "lora", "--threads", "1"]

  private func plan(_ folder: TemporaryFolder, _ arguments: String...) throws -> PeftProcess {
    try PeftProcess(
      arguments: Self.gpt2 + arguments, environment: ["XDG_CACHE_HOME": folder.path("cache")])
  }

  @Test("A machine is measured once, and later plans have the time of a step")
  func measured() throws {
    let folder = try TemporaryFolder()
    let unknown = try plan(folder)
    #expect(unknown.errors.contains("--measure measures"))
    #expect(!unknown.output.contains("expected step"))
    #expect(try plan(folder, "--format", "json").errors.isEmpty)
    let measured = try plan(folder, "--measure")
    #expect(measured.errors.isEmpty, "\(measured.errors)")
    #expect(measured.output.contains("\n  expected step "))
    #expect(try plan(folder).output == measured.output)
    let rows = try #require(plan(folder, "--format", "json").json as? [[String: Any]])
    #expect(try #require(rows.first?["expected_seconds"] as? Double) > 0)
    // Other threads compute at other rates.
    #expect(try plan(folder, "--threads", "2").errors.contains("--measure measures"))
  }

  @Test("A file of rates that is broken counts as none, and is measured again")
  func brokenRates() throws {
    let folder = try TemporaryFolder()
    try folder.file("cache/swift-peft/rates.json", #"{"format": 1, "rates": [{"#)
    #expect(try plan(folder).errors.contains("--measure measures"))
    #expect(try plan(folder, "--measure").errors.isEmpty)
    #expect(try plan(folder).output.contains("expected step"))
  }

  @Test("Where nothing can be kept, a warning says so, and the plan is there")
  func readOnly() throws {
    let folder = try TemporaryFolder()
    try folder.file("cache", "a file")
    let run = try plan(folder, "--measure")
    #expect(run.status == 0)
    #expect(run.output.contains("expected step"))
    #expect(run.errors.contains("warning: what was measured is not kept: "), "\(run.errors)")
  }

  @Test("Help has examples")
  func help() throws {
    let run = try PeftProcess("plan", "--help")
    #expect(run.output.contains("peft plan gpt2 --batch 4 --sequence 256"))
  }
}
