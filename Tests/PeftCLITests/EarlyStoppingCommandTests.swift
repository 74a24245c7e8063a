import Foundation
import PeftTestSupport
import Testing

@Suite("Runs that stop early") struct EarlyStoppingCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try .withTokens() }

  /// A learning rate so large that the loss gets worse at once, and the accuracy hardly moves.
  private func recipe(
    _ name: String = "r.yaml", _ fields: [String: String] = [:]
  ) throws -> String {
    let all = [
      "optimizer": "{sgd: {learning_rate: 30}}", "steps": "40", "eval_every": "2",
      "log_every": "40",
      "early_stopping": "{patience: 3}",
    ]
    return try folder.recipe(name, all.merging(fields) { $1 })
  }

  private func lines(_ run: String) throws -> [[String: Any]] {
    try folder.text("\(run)/log.jsonl").split(separator: "\n").compactMap {
      try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
    }
  }

  @Test("Says so in messages and log, keeps the best, and ends with success")
  func stopped() throws {
    let run = try PeftProcess("train", recipe())
    #expect(run.status == 0, "\(run.errors)")
    let log = try lines("run")
    let last = try #require(log.last)
    let reason = "eval loss has not improved in 3 evaluations"
    #expect(last["stopped_early"] as? String == reason)
    let (step, best) = (
      try #require(last["step"] as? Int), try #require(last["best_step"] as? Int)
    )
    #expect(step == best + 6 && step < 40, "\(last)")
    let evaluations = log.filter { $0["eval_loss"] != nil }
    let lowest = try #require(evaluations.compactMap { $0["eval_loss"] as? Double }.min())
    #expect(last["best_eval_loss"] as? Double == lowest)
    #expect(evaluations.first { $0["step"] as? Int == best }?["eval_loss"] as? Double == lowest)
    let text = String(format: "%.4f", lowest)
    #expect(
      run.errors.contains(
        "\nstopped early after step \(step) of 40: \(reason); the best was \(text) after step \(best)\n"
          + "trained \(step) steps in "), "\(run.errors)")
    #expect(run.errors.contains("step \(step)/40 eval loss"))
    #expect(run.errors.contains(" (3 of 3 without improvement)\n"))
    #expect(
      run.errors.hasSuffix("wrote \(folder.path)/run: last, log.jsonl, loss.svg, best\n"))
    // The mean over all steps since the line of the first one.
    let losses = log.compactMap { $0["loss"] as? Double }.dropFirst()
    let mean = losses.reduce(0, +) / Double(losses.count)
    #expect(run.errors.contains(", loss \(String(format: "%.4f", mean))\n"), "\(run.errors)")
    #expect(try folder.text("run/best/README.md").contains("| steps | \(best) of 40 |"))
    #expect(try folder.text("run/last/README.md").contains("| steps | \(step) of 40 |"))
  }

  @Test("A run that has stopped early does not go on, unless it gets more patience")
  func patience() throws {
    #expect(try PeftProcess("train", recipe()).status == 0)
    let step = try #require(try lines("run").last?["step"] as? Int)
    let resumed = try PeftProcess("train", "--resume", folder.path("run"))
    #expect(resumed.status == 1)
    #expect(
      resumed.errors == """
        error: the run is finished: it stopped early after step \(step), since eval loss has not improved in \
        3 evaluations
          fix: raise 'patience' of early_stopping in \(folder.path)/run/recipe.yaml, or start another run

        """)
    try folder.edit("run/recipe.yaml", "patience: 3", "patience: 4")
    let further = try PeftProcess("train", "--resume", folder.path("run"))
    #expect(further.status == 0, "\(further.errors)")
    let whole = try PeftProcess(
      "train",
      recipe("whole.yaml", ["early_stopping": "{patience: 4}", "output": folder.path("whole")]))
    #expect(whole.status == 0)
    let steps = { (run: String) in
      try folder.losses(of: run).filter { $0.contains("\"loss\"") }
    }
    #expect(try steps("run") == steps("whole"))
    for name in ["last", "best"] {
      let file = "\(name)/adapter_model.safetensors"
      #expect(try folder.bytes("run/\(file)") == folder.bytes("whole/\(file)"))
    }
  }

  @Test("A run that is resumed counts on, and stops at the same step with the same bits")
  func resumed() throws {
    #expect(
      try PeftProcess("train", recipe("whole.yaml", ["output": folder.path("whole")])).status == 0)
    let end = try #require(try lines("whole").last?["step"] as? Int)
    // Ends between the evaluations that are counted.
    #expect(try PeftProcess("train", recipe("r.yaml", ["steps": "\(end - 2)"])).status == 0)
    let state = try folder.text("run/state/training_state.json")
    #expect(state.contains("\"withoutImprovement\" : 2"), "\(state)")
    try folder.edit("run/recipe.yaml", "steps: \(end - 2)", "steps: 40")
    let resumed = try PeftProcess("train", "--resume", folder.path("run"))
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(resumed.errors.contains("stopped early after step \(end) of 40"))
    #expect(try folder.losses(of: "run") == folder.losses(of: "whole"))
    let file = "last/adapter_model.safetensors"
    #expect(try folder.bytes("run/\(file)") == folder.bytes("whole/\(file)"))
    // The cards differ in nothing but the seconds.
    let cards = try ["run", "whole"].map { run in
      try folder.text("\(run)/last/README.md").split(separator: "\n")
        .filter { !$0.contains("seconds") }
    }
    #expect(cards[0] == cards[1])
  }

  @Test("A state of a former release has no count, and is gone on with")
  func oldState() throws {
    let path = try folder.recipe("r.yaml", ["eval_every": "2"])
    #expect(try PeftProcess("train", path).status == 0)
    let state = "run/state/training_state.json"
    let best = try #require(folder.text(state).firstMatch(of: /"best" : ([0-9.]+)/)?.1)
    try folder.edit(state, "\"best\" : \(best)", "\"bestLoss\" : \(best)")
    let text = try folder.text(state).split(separator: "\n").filter {
      !$0.contains("bestStep") && !$0.contains("withoutImprovement")
    }.joined(separator: "\n").replacing(",\n}", with: "\n}")
    try folder.file(state, text)
    try folder.edit("run/recipe.yaml", "steps: 6", "steps: 8")
    try folder.edit("run/recipe.yaml", "early_stopping: null", "early_stopping: {patience: 1}")
    let resumed = try PeftProcess("train", "--resume", folder.path("run"))
    #expect(resumed.status == 0, "\(resumed.errors)")
  }

  @Test(
    "Counts of a state that cannot be are refused",
    arguments: [
      ("\"withoutImprovement\" : ", "\"withoutImprovement\" : -1", "counts below their least"),
      ("\"bestStep\" : ", "\"bestStep\" : -", "counts below their least"),
      ("\"best\" : ", "\"best\" : true, \"x\" : ", "it is damaged"),
    ])
  func damagedState(old: String, new: String, words: String) throws {
    #expect(try PeftProcess("train", folder.recipe("r.yaml", ["eval_every": "2"])).status == 0)
    try folder.edit("run/recipe.yaml", "steps: 6", "steps: 9")
    try folder.edit("run/state/training_state.json", old, new)
    let resumed = try PeftProcess("train", "--resume", folder.path("run"))
    #expect(resumed.status == 1)
    #expect(resumed.errors.contains(words), "\(resumed.errors)")
  }

  @Test("The best follows the metric: the accuracy, not the loss")
  func accuracy() throws {
    let run = try PeftProcess(
      "train",
      recipe("r.yaml", ["early_stopping": "null", "steps": "12"]), "--early-stopping-metric",
      "accuracy", "--early-stopping-patience", "9")
    #expect(run.status == 0, "\(run.errors)")
    let evaluations = try lines("run").filter { $0["eval_loss"] != nil }
    var best = -1.0
    for (line, evaluation) in zip(
      run.errors.split(separator: "\n").filter { $0.contains(" eval loss ") }, evaluations)
    {
      let accuracy = try #require(evaluation["eval_accuracy"] as? Double)
      #expect(line.contains("(best") == (accuracy > best), "\(line)")
      best = max(best, accuracy)
    }
    #expect(try folder.text("run/recipe.yaml").contains("metric: accuracy"))
  }

  @Test(
    "A metric that evaluations do not measure is refused before the run",
    arguments: [("f1", "gpt2"), ("accuracy", "bert-classifier")])
  func unmeasured(metric: String, model: String) throws {
    let isRegression = model != "gpt2"
    if isRegression {
      try folder.copy(Fixture.path("checkpoints/\(model)"), to: "model")
      let rows = (0..<8).map { "{\"text\": \"\($0)\", \"label\": [0, 1, 2, 3, \($0)]}\n" }.joined()
      try folder.file("rows.jsonl", rows)
    }
    var fields = ["early_stopping": "{metric: \(metric)}"]
    if isRegression {
      let rows = "\(folder.path)/rows.jsonl"
      fields.merge([
        "model": folder.path("model"), "problem_type": "regression",
        "tuner": "{lora: {r: 2, target_modules: [query]}}",
        "data": "{train: \(rows), eval: \(rows), tokenizer: bytes}",
      ]) { $1 }
    }
    let run = try PeftProcess("train", recipe("r.yaml", fields))
    #expect(run.status == 1)
    let objective = isRegression ? "a regression" : "a causal language model"
    let known = isRegression ? "loss" : "loss or accuracy"
    #expect(
      run.errors == """
        error: early_stopping follows \(metric), which evaluations of \(objective) do not measure
          fix: choose \(known) as its metric

        """)
    #expect(!folder.exists("run"))
  }

  @Test("A contestant of a bake-off that stops early is done")
  func bakeoff() throws {
    let run = try PeftProcess(
      "bakeoff", recipe(), "--tuner", "lora:r=2,target_modules=[c_attn]", "--tuner",
      "lora:r=3,target_modules=[c_attn]")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("lora-r2: stopped early after step "), "\(run.errors)")
    let again = try PeftProcess("bakeoff", "--resume", folder.path("run"))
    #expect(again.status == 0, "\(again.errors)")
  }
}
