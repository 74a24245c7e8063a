import Foundation
import Peft
import PeftBasics
import PeftTestSupport
import Testing

@Suite("peft train") struct TrainRunTests {
  private let folder: TemporaryFolder

  init() throws { folder = try .withTokens() }

  @Test("Writes adapters, log, picture and state, and says so")
  func run() throws {
    let run = try PeftProcess("train", folder.recipe())
    #expect(run.status == 0)
    #expect(run.output.isEmpty)
    let lines = run.errors.split(separator: "\n").map(String.init)
    #expect(lines.first?.hasPrefix("training ") == true)
    #expect(lines.count { $0.contains(" tokens/s ") } == 4, "\(run.errors)")
    #expect(lines.contains { $0.contains("step 6/6 eval loss") && $0.hasSuffix("(best)") })
    #expect(lines.last?.contains("last, log.jsonl, loss.svg, best") == true)
    for file in [
      "recipe.yaml", "loss.svg", "last/adapter_config.json", "best/adapter_model.safetensors",
      "last/README.md", "best/README.md",
      "state/training_state.json",
    ] {
      #expect(folder.exists("run/\(file)"), "\(file)")
    }
    let log = try folder.losses(of: "run")
    #expect(log.count == 7)
    #expect(log.last?.contains("eval_perplexity") == true)
    let adapted = try PeftProcess(
      "adapter", "inspect", folder.path("run/last"))
    #expect(adapted.status == 0, "\(adapted.errors)")
  }

  /// The entries of a run's log that are steps.
  private func steps(of run: String) throws -> [[String: Any]] {
    try folder.text("\(run)/log.jsonl").split(separator: "\n").compactMap { line in
      try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    }.filter { $0["loss"] != nil }
  }

  @Test(
    "A progress line has the mean loss since the one before; the log has every step's, and its time"
  )
  func meanLosses() throws {
    let run = try PeftProcess("train", folder.recipe("r.yaml", ["steps": "8", "log_every": "3"]))
    #expect(run.status == 0, "\(run.errors)")
    let steps = try steps(of: "run")
    let losses = try steps.map { try #require($0["loss"] as? Double) }
    #expect(losses.count == 8)
    // A line after the first step, after every third, and after the last.
    let means = [0..<1, 1..<3, 3..<6, 6..<8].map { range in
      String(format: "%.4f", losses[range].reduce(0, +) / Double(range.count))
    }
    let lines = run.errors.split(separator: "\n").filter { $0.contains(" tokens/s ") }
    #expect(lines.map { $0.split(separator: " ")[5] } == means.map { Substring($0) }, "\(lines)")
    // 2 rows a step, of 125.
    let epochs = lines.map { $0.split(separator: " ")[3] }
    #expect(epochs == ["0.02", "0.05", "0.10", "0.13"], "\(lines)")
    #expect(steps.map { $0["epoch"] as? Double } == (1...8).map { Double($0) * 0.016 })
    #expect(run.errors.contains(", loss \(means[3])\n"), "\(run.errors)")
    for step in steps {
      let (seconds, pace) = (
        step["seconds"] as? Double ?? 0, step["tokens_per_second"] as? Double ?? 0
      )
      // Two rows of eight tokens.
      #expect(seconds > 0 && abs(seconds * pace / 16 - 1) < 0.1, "\(step)")
    }
  }

  @Test("A model that reads no tokens is said to take examples")
  func images() throws {
    let pixels = Tensor((0..<4 * 225).map { Float($0 % 7) }, shape: [4, 1, 15, 15])
    let data = folder.path("images.safetensors")
    try SafetensorsWriter.write(
      ["pixel_values": pixels, "labels": Tensor([0, 1, 1, 0], shape: [4])], to: data)
    let run = try PeftProcess(
      "train",
      folder.recipe(
        "r.yaml",
        [
          "model": Fixture.path("checkpoints/vit-classifier"), "sequence_length": "",
          "tuner": "{lora: {r: 2, target_modules: [q_proj]}}", "data": "{train: \(data)}",
        ]))
    #expect(run.status == 0, "\(run.errors)")
    let lines = run.errors.split(separator: "\n").filter { $0.contains(" left") }
    #expect(lines.count == 4)
    #expect(lines.allSatisfy { $0.contains(" examples/s ") && !$0.contains("tokens") }, "\(lines)")
  }

  @Test("A loss whose perplexity no number holds leaves a log that is JSON")
  func largeLoss() throws {
    let path = try folder.recipe(
      "recipe.yaml",
      [
        "tuner": "{lora: {r: 2, target_modules: [c_attn], modules_to_save: [lm_head]}}",
        "optimizer": "{adamw: {learning_rate: 1000}}", "steps": "2",
      ])
    #expect(try PeftProcess("train", path).status == 0)
    let log = try folder.text("run/log.jsonl")
    #expect(log.contains("\"eval_perplexity\": null"), "\(log)")
    for line in log.split(separator: "\n") {
      _ = try JSONSerialization.jsonObject(with: Data(line.utf8))
    }
  }

  @Test(
    "Ctrl-C finishes the step, saves, and says how to go on; the bits are the same",
    arguments: [SIGINT, SIGTERM, SIGHUP])
  func interrupted(number: CInt) throws {
    let whole = try folder.recipe(
      "whole.yaml", ["steps": "2500", "output": "\(folder.path)/whole"])
    #expect(try PeftProcess("train", whole).status == 0)
    let path = try folder.recipe("stopped.yaml", ["steps": "2500"])
    let process = try BuiltProduct.process("peft", "train", path)
    let pipe = Pipe()
    process.standardError = pipe
    // What runs the tests may have it ignored, as nohup does.
    let handler = signal(number, SIG_DFL)
    try process.run()
    signal(number, handler)
    while try !folder.exists("run/log.jsonl") || folder.losses(of: "run").count < 5 {
      usleep(2_000)
    }
    kill(process.processIdentifier, number)
    let errors = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(errors.contains("\nstopping after this step\n"), "\(errors)")
    #expect(errors.contains("resume with: peft train --resume \(folder.path)/run"), "\(errors)")
    let resumed = try PeftProcess("train", "--resume", folder.path("run"), "--threads", "1")
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(resumed.errors.contains("resuming after step"))
    #expect(try folder.losses(of: "run") == folder.losses(of: "whole"))
    #expect(
      try folder.bytes("run/last/adapter_model.safetensors")
        == folder.bytes("whole/last/adapter_model.safetensors"))
  }

  @Test("Compressed rows train the same adapter, and are kept where TMPDIR says")
  func compressed() throws {
    let rows = (1...12).map { "{\"text\": \"\(12345 * $0)\"}\n" }.joined()
    try folder.file("rows.jsonl", rows)
    // Two members, from Python's gzip.
    let packed = try #require(
      Data(
        base64Encoded: """
          H4sIAAAAAAACA6tWKkmtKFGyUlAyNDI2MVWq5aqGixiZmFkaoIgYmxsYo6oxsTS2QFVjZmhuhKrG3MTAHKIG\
          AG3j8sVuAAAAH4sIAAAAAAACAytJrShRslJQsjAzMTRVquWqViqBilhamJsZoIgYAoEBqiJDI2MTUzRVxqbm\
          lmiqTCwMTUCqAH95etxuAAAA
          """))
    try folder.file("rows.jsonl.gz", packed)
    func train(_ name: String, keptIn temporary: String) throws -> PeftProcess {
      let data = "\(folder.path)/\(name)"
      let recipe = try folder.recipe(
        "r.yaml",
        [
          "model": Fixture.path("checkpoints/llama-tied"),
          "tuner": "{lora: {r: 2, target_modules: [q_proj]}}",
          "data": "{train: \(data), eval: \(data), tokenizer: bytes}", "output": "\(data).run",
        ])
      return try PeftProcess("train", recipe, environment: ["TMPDIR": temporary])
    }
    let none = folder.path + "/none"
    #expect(try train("rows.jsonl", keptIn: none).status == 0)
    let refused = try train("rows.jsonl.gz", keptIn: none)
    #expect(refused.status == 1)
    #expect(
      refused.errors == """
        \(folder.path)/rows.jsonl.gz: error: the file cannot be unpacked in \(none): No such file or \
        directory
          fix: set TMPDIR to a folder that can be written to

        """)
    let run = try train("rows.jsonl.gz", keptIn: folder.path)
    #expect(run.status == 0, "\(run.errors)")
    #expect(try folder.losses(of: "rows.jsonl.run").count > 6)
    #expect(
      try folder.losses(of: "rows.jsonl.run") == folder.losses(of: "rows.jsonl.gz.run"))
    for name in ["last", "best"] {
      let files = ["rows.jsonl.run", "rows.jsonl.gz.run"].map {
        folder.url("\($0)/\(name)/adapter_model.safetensors")
      }
      #expect(try Data(contentsOf: files[0]) == Data(contentsOf: files[1]))
    }
  }

  @Test("That nobody reads its messages does not end a run")
  func unread() throws {
    let process = try BuiltProduct.process(
      "peft", "train", folder.recipe("r.yaml", ["log_every": "1"]))
    let pipe = Pipe()
    process.standardError = pipe
    try process.run()
    try pipe.fileHandleForReading.close()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(folder.exists("run/last/adapter_config.json"))
  }

  @Test("A run whose folder was moved goes on there")
  func moved() throws {
    #expect(try PeftProcess("train", folder.recipe()).status == 0)
    try FileManager.default.moveItem(at: folder.url("run"), to: folder.url("moved"))
    try folder.remove("moved/best")
    try folder.edit("moved/recipe.yaml", "steps: 6", "steps: 7")
    let resumed = try PeftProcess("train", "--resume", folder.path("moved"))
    #expect(resumed.status == 0, "\(resumed.errors)")
    let best = folder.exists("moved/best") ? ", best" : ""
    #expect(
      resumed.errors.hasSuffix("wrote \(folder.path)/moved: last, log.jsonl, loss.svg\(best)\n"))
    #expect(!folder.exists("run"))
  }

  @Test("A folder that holds a run is not written to, and a finished run does not go on")
  func heldFolders() throws {
    let path = try folder.recipe()
    #expect(try PeftProcess("train", path).status == 0)
    let again = try PeftProcess("train", path)
    #expect(again.status == 1)
    #expect(again.errors.contains("holds a run already"))
    let resumed = try PeftProcess("train", "--resume", folder.path("run"))
    #expect(resumed.status == 1)
    #expect(resumed.errors.contains("is finished: it has made its 6 steps"))
    let nowhere = try PeftProcess("train", "--resume", folder.path)
    #expect(nowhere.errors.contains("has no state to resume from"))
  }

  @Test(
    "What cannot be trained is refused before it begins",
    arguments: [
      (["sequence_length": "4096"], "sequence_length is 4096, and the model has 37 positions"),
      (["tuner": "{lora: {r: 2, target_modules: [nothing]}}"], "no module matches \"nothing\""),
      (
        ["schedule": "{linear: {warmup_steps: 7}}"],
        "the warm-up of 7 steps is longer than the run of 6"
      ),
      (["problem_type": "regression"], "problem_type is for classifiers"),
      (["data": "{train: nowhere.jsonl}"], "nowhere.jsonl: error: there is no such file"),
      (["model": "dinov2-b14", "weights": "random"], "has no output to train"),
    ])
  func refusals(fields: [String: String], words: String) throws {
    let run = try PeftProcess("train", folder.recipe("bad.yaml", fields))
    #expect(run.status == 1)
    #expect(run.errors.contains(words), "\(run.errors)")
    #expect(!folder.exists("run"), "the folder of a run that did not begin is left")
  }

  @Test("Numbers that are not finite stop the run, and what was saved stays")
  func divergence() throws {
    let path = try folder.recipe(
      "wild.yaml",
      [
        "tuner": "{randlora: {r: 2, target_modules: [c_attn], randlora_alpha: 640}}",
        "optimizer": "{sgd: {learning_rate: 1e30}}", "steps": "50", "save_every": "1",
        "clip_grad_norm": "0", "data": "{train: \(folder.path)/tokens.bin}",
      ])
    let run = try PeftProcess("train", path)
    #expect(run.status == 1)
    #expect(run.errors.contains("not finite"), "\(run.errors)")
    #expect(run.errors.contains("randlora_alpha (640)"), "\(run.errors)")
    #expect(run.errors.contains("is kept in"), "\(run.errors)")
  }
}
