import PeftTestSupport
import Testing

@Suite("peft plan") struct PlanCommandTests {
  @Test("A row for each tuner, with every number")
  func json() throws {
    let run = try PeftProcess(
      "plan", "gpt2", "--tuner", "lora:r=8|16", "--batch", "4", "--sequence", "64", "--threads",
      "2", "--format", "json", "--layers", "--optimizer", "sgd", "--accumulate")
    #expect(run.status == 0, "\(run.errors)")
    let rows = try #require(try run.json as? [[String: Any]])
    #expect(rows.count == 2)
    for row in rows {
      let parts = [
        "model", "basis", "adapter", "optimizer", "gradient", "working", "scratch",
      ].compactMap { row["\($0)_bytes"] as? Int }
      #expect(parts.count == 7)
      #expect(parts.reduce(0, +) == row["total_bytes"] as? Int)
      #expect(row["optimizer_bytes"] as? Int == 0)
      #expect((row["layers"] as? [[String: Any]])?.count == 12)
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
      (["gpt2", "--inference", "--accumulate"], 64, "leave out --inference"),
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

  @Test("Help has examples")
  func help() throws {
    let run = try PeftProcess("plan", "--help")
    #expect(run.output.contains("peft plan gpt2 --batch 4 --sequence 256"))
  }
}
