import Foundation
import PeftTestSupport
import Testing

@Suite("The command") struct CommandTests {
  @Test("Data goes to standard output, warnings to standard error")
  func streams() throws {
    let run = try PeftProcess("compare", "gpt2", "--tuner", "randlora:r=8")
    #expect(run.status == 0)
    #expect(run.output.contains("gpt2 · 124,439,808 parameters"))
    #expect(!run.output.contains("warning"))
    #expect(run.errors.hasPrefix("warning: gpt2, randlora: randlora_alpha is 640"))
  }

  @Test("Nothing is coloured that does not go to a terminal")
  func plain() throws {
    let run = try PeftProcess("compare", "gpt2")
    #expect(run.status == 0)
    #expect(!run.output.contains("\u{1B}"))
    #expect(run.errors.isEmpty)
  }

  @Test("compare prints an array of objects")
  func compareJSON() throws {
    let run = try PeftProcess(
      "compare", "gpt2", "--format", "json",
      "--tuner", "lora:r=16,target_modules=[c_attn,c_proj,c_fc]",
      "--tuner", "randlora:r=32,target_modules=[c_attn,c_proj,c_fc]")
    #expect(run.status == 0)
    let rows = try #require(try run.json as? [[String: Any]])
    #expect(rows.map { $0["trainable_parameters"] as? Int } == [2_359_296, 921_600])
    let names = [
      "model", "tuner", "settings", "targets", "base_parameters", "trainable_parameters",
      "adapter_bytes", "adapter_bytes_with_bases", "optimizer_bytes", "update_rank",
    ]
    #expect(rows.allSatisfy { row in names.allSatisfy { row[$0] != nil } })
  }

  @Test("match prints names, sorted, and a number")
  func matchJSON() throws {
    let run = try PeftProcess(
      "match", "gpt2", "--tuner", "lora", "--set", "layers=11", "--format", "json")
    #expect(run.status == 0)
    let report = try #require(try run.json as? [String: Any])
    let matched = try #require(report["matched"] as? [String])
    #expect(matched.count == 11)
    #expect(matched == matched.sorted())
    #expect(report["excluded"] as? [String] == [])
    #expect(report["trainable_parameters"] as? Int == 11 * 8 * (768 + 2304))
  }

  @Test("A folder of a family of one's own is a model, with --family")
  func family() throws {
    let folder = try TemporaryFolder()
    try folder.file(
      "config.json", #"{"model_type": "own", "embedding_size": 64, "num_hidden_layers": 1}"#)
    let family = try folder.file(
      "own.yaml",
      "{extends: llama, name: own, model_type: own, config: {embedding_size: width}}")
    let run = try PeftProcess(
      "compare", folder.path, "--family", family, "--tuner", "lora:r=2,target_modules=[q_proj]",
      "--format", "json")
    #expect(run.status == 0, "\(run.errors)")
    let rows = try #require(try run.json as? [[String: Any]])
    #expect(rows.first?["trainable_parameters"] as? Int == 2 * (64 + 64))
    let without = try PeftProcess("compare", folder.path, "--tuner", "lora")
    #expect(without.status == 1)
    #expect(without.errors.contains("error: model_type 'own' is not known"))
  }

  @Test("A checkpoint's folder, or the config.json in it, is a model")
  func checkpoint() throws {
    let folder = try TemporaryFolder()
    try folder.file(
      "config.json", #"{"model_type": "gpt2", "n_embd": 48, "n_head": 4, "n_layer": 2}"#)
    for path in [folder.path, folder.path("config.json")] {
      let run = try PeftProcess("compare", path, "--tuner", "lora", "--format", "json")
      #expect(run.status == 0, "\(run.errors)")
      let rows = try #require(try run.json as? [[String: Any]])
      #expect(rows.first?["trainable_parameters"] as? Int == 2 * 8 * (48 + 144))
    }
  }

  @Test(
    "describe writes every format",
    arguments: [
      ("tree", "  gpt2  "), ("json", "{\n  \"inputs\" : ["), ("mermaid", "flowchart TB\n"),
      ("dot", "digraph \"gpt2\" {\n"),
    ])
  func describe(format: String, start: String) throws {
    let run = try PeftProcess(
      "describe", "gpt2", "--set", "layers=2", "--tuner", "lora", "--format", format)
    #expect(run.status == 0)
    #expect(run.errors.isEmpty)
    #expect(run.output.hasPrefix(start), "\(format)")
    #expect(run.output.hasSuffix("\n"))
    #expect(run.output.contains("c_attn"))
  }

  @Test("describe lists the bundled models, and prints the schema")
  func lists() throws {
    let list = try PeftProcess("describe")
    #expect(list.status == 0 && list.output.contains("gpt2"))
    #expect(try PeftProcess("describe", "--list").output == list.output)
    #expect(try PeftProcess("describe", "--list", "--format", "json").json is [[String: Any]])
    #expect(try PeftProcess("describe", "--schema").json is [String: Any])
  }

  @Test("tuners lists them, and explains one")
  func tuners() throws {
    #expect(try PeftProcess("tuners").output.contains("randlora"))
    let run = try PeftProcess("tuners", "randlora")
    #expect(run.status == 0 && run.output.contains("projection_prng_key"))
  }

  @Test("A chart is written, and the data still printed")
  func chart() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("chart.svg")
    let run = try PeftProcess("compare", "gpt2", "--chart", path)
    #expect(run.status == 0)
    #expect(run.errors == "wrote \(path)\n")
    #expect(run.output.contains("randlora"))
    #expect(try folder.text("chart.svg").hasPrefix("<svg "))
  }

  @Test(
    "Help shows an example, also where nothing else is given",
    arguments: [
      [], ["--help"], ["compare", "--help"], ["match", "--help"], ["describe", "--help"],
      ["tuners", "--help"],
    ])
  func help(arguments: [String]) throws {
    let run = try PeftProcess(arguments: arguments)
    #expect(run.status == 0)
    #expect(run.output.contains("EXAMPLES\n  peft "))
  }

  @Test("The version is a number") func version() throws {
    let run = try PeftProcess("--version")
    #expect(run.status == 0)
    #expect(run.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
  }
}
