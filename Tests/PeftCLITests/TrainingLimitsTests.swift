import Foundation
import PeftBasics
import PeftTestSupport
import Testing

@Suite("Trainings that cannot be") struct TrainingLimitsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try .withTokens() }

  @Test(
    "Sizes that no machine has are refused before anything is made",
    arguments: [
      (["batch_size": "1000000000"], "batch_size must be from 1 to 1048576"),
      (["accumulate": "1000000000000000000"], "accumulate must be from 1 to 1048576"),
      (["sequence_length": "1000000000"], "sequence_length must be from 1 to 16777216"),
      (["threads": "1000000000"], "threads must be from 1 to 1024"),
      (["steps": "9223372036854775807"], "steps must be from 1 to 1000000000000"),
      (["steps": "", "epochs": "1e300"], "epochs must be above 0 and at most 1000000"),
      (["steps": "", "epochs": "2", "accumulate": "1000"], "accumulate is 1,000, and there are"),
    ])
  func sizes(fields: [String: String], words: String) throws {
    let run = try PeftProcess("train", folder.recipe("bad.yaml", fields))
    #expect(run.status == 1)
    #expect(run.errors.contains(words), "\(run.errors)")
    #expect(!folder.exists("run"))
  }

  @Test("A step that takes more memory than there is is refused, with what to lower")
  func memory() throws {
    let run = try PeftProcess(
      "train", folder.recipe("bad.yaml", ["batch_size": "1048576", "sequence_length": "32"]))
    #expect(run.status == 1)
    #expect(run.errors.contains(" beside the model, and the machine has "), "\(run.errors)")
    #expect(run.errors.contains("fix: lower batch_size (1048576) or sequence_length (32)"))
    #expect(!folder.exists("run"))
  }

  @Test("A step of more entries than can be counted is refused with the same advice")
  func uncountable() throws {
    try folder.file("t.jsonl", "{\"text\": \"123\"}\n")
    let run = try PeftProcess(
      "train",
      folder.recipe(
        "bad.yaml",
        [
          "model": Fixture.path("checkpoints/llama-tied"),
          "tuner": "{lora: {r: 2, target_modules: [q_proj]}}",
          "data": "{train: \(folder.path)/t.jsonl, tokenizer: bytes}",
          "batch_size": "1048576", "sequence_length": "16777216", "padding": "max_length",
        ]))
    #expect(run.status == 1)
    #expect(run.errors.contains("a step takes more memory than can be counted beside the model"))
    #expect(run.errors.contains("fix: lower batch_size (1048576) or sequence_length (16777216)"))
  }

  @Test("What counts is the longest text that there is, however long it might be")
  func shortTexts() throws {
    try folder.file("t.jsonl", "{\"text\": \"123\"}\n")
    let recipe = try folder.recipe(
      "short.yaml",
      [
        "model": Fixture.path("checkpoints/llama-tied"), "steps": "2",
        "tuner": "{lora: {r: 2, target_modules: [q_proj]}}",
        "data": "{train: \(folder.path)/t.jsonl, tokenizer: bytes}",
        "batch_size": "4", "sequence_length": "16777216",
      ])
    let run = try PeftProcess("train", recipe)
    #expect(run.status == 0, "\(run.errors)")
  }

  @Test(
    "A folder that is none is called what it is",
    arguments: [("tokens.bin", "this is a file"), ("tokens.bin/x", "there is no folder")])
  func output(name: String, words: String) throws {
    let run = try PeftProcess(
      "train", folder.recipe("bad.yaml", ["output": folder.path(name)]))
    #expect(run.status == 1)
    #expect(run.errors.contains(words), "\(run.errors)")
    #expect(!run.errors.contains(".lock"), "\(run.errors)")
  }

  @Test(
    "What teaches nothing is warned of",
    arguments: [
      (["optimizer": "{adamw: {learning_rate: 0}}"], "the learning rate is 0"),
      (["tuner": "{lora: {r: 2, target_modules: [c_attn], lora_alpha: 0}}"], "alpha 0?"),
    ])
  func nothingLearnt(fields: [String: String], words: String) throws {
    let run = try PeftProcess("train", folder.recipe("still.yaml", fields))
    #expect(run.status == 0)
    #expect(run.errors.contains("warning: ") && run.errors.contains(words), "\(run.errors)")
  }
}

// MARK: - Labels

extension TrainingLimitsTests {
  /// Texts of digits, which the model knows, of which only those of some lines leave room for what is learnt after their prompts.
  private func texts(_ name: String, learntLines: ClosedRange<Int>?) throws -> String {
    let lines = (1...8).map { line in
      let isLearnt = learntLines?.contains(line) == true
      return "{\"given\": \"\(isLearnt ? "1" : "1234567890")\", \"text\": \"123\"}\n"
    }
    return try folder.file(name, lines.joined())
  }

  private func recipe(
    train: String, eval: String? = nil, _ fields: [String: String] = [:]
  ) throws -> String {
    let data =
      "{train: \(train), tokenizer: bytes, prompt: '{given}', shuffle: false"
      + (eval.map { ", eval: \($0)" } ?? "") + "}"
    return try folder.recipe(
      "texts.yaml",
      ["data": data, "batch_size": "1", "steps": "8"].merging(fields) { $1 })
  }

  @Test("Data from which nothing can be learnt are found before the run")
  func noLabels() throws {
    let (none, some) = (
      try texts("none.jsonl", learntLines: nil), try texts("some.jsonl", learntLines: 1...8)
    )
    for path in [try recipe(train: none), try recipe(train: some, eval: none)] {
      let run = try PeftProcess("train", path)
      #expect(run.status == 1)
      #expect(
        run.errors == """
          \(none): error: no label of any row counts: there is nothing to learn or to measure
            fix: give longer sequences, shorter prompts, or labels other than -100

          """)
      #expect(!folder.exists("run"))
    }
  }

  @Test("Rows that nothing can be learnt from are left out, and counted")
  func rowsLeftOut() throws {
    let mixed = try recipe(train: try texts("some.jsonl", learntLines: 1...3))
    let run = try PeftProcess("train", mixed)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("warning: left out 5 rows of which no label counts"))
    let log = try folder.losses(of: "run")
    try FileManager.default.removeItem(atPath: folder.path("run"))
    // As with the other rows alone.
    let lines = try folder.text("some.jsonl").split(separator: "\n").prefix(3)
    let alone = try folder.file("alone.jsonl", lines.joined(separator: "\n") + "\n")
    #expect(try PeftProcess("train", recipe(train: alone)).status == 0)
    #expect(try folder.losses(of: "run") == log)
  }

  @Test("Epochs are those of the rows that are not left out")
  func epochs() throws {
    let path = try texts("some.jsonl", learntLines: 4...6)
    let run = try PeftProcess("train", recipe(train: path, ["steps": "", "epochs": "2"]))
    #expect(run.errors.contains("trained 6 steps"), "\(run.errors)")
  }

  @Test("A run goes on with the same rows after some were left out")
  func resumedAfterLeavingOut() throws {
    let path = try texts("some.jsonl", learntLines: 2...4)
    let whole = try recipe(train: path, ["save_every": "1"])
    #expect(try PeftProcess("train", whole).status == 0)
    let losses = try folder.losses(of: "run")
    try FileManager.default.removeItem(atPath: folder.path("run"))
    let part = try recipe(train: path, ["save_every": "1", "steps": "5"])
    #expect(try PeftProcess("train", part).status == 0)
    let recipe = try folder.text("run/recipe.yaml")
    try folder.file(
      "run/recipe.yaml", recipe.replacingOccurrences(of: "steps: 5", with: "steps: 8"))
    let resumed = try PeftProcess("train", "--resume", folder.path("run"))
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try folder.losses(of: "run") == losses)
  }

  @Test("A run that ended before its first save can be started again in its folder")
  func startedAgain() throws {
    for name in [".lock", "recipe.yaml", "log.jsonl", "last/adapter_config.json"] {
      try folder.file("run/\(name)", "{}\n")
    }
    try folder.makeFolder("run/.last.partial-1-2")
    try folder.file("run/notes.txt", "mine")
    let run = try PeftProcess("train", folder.recipe())
    #expect(run.status == 0, "\(run.errors)")
    #expect(!folder.exists("run/.last.partial-1-2"))
    #expect(try folder.text("run/notes.txt") == "mine")
  }

  @Test("A file of somebody else's is not replaced by a run's")
  func otherFile() throws {
    try folder.file("run/log.jsonl", "{}\n")
    let recipe = try folder.recipe()
    for _ in 0..<2 {
      let run = try PeftProcess("train", recipe)
      #expect(
        run.errors == """
          error: \(folder.path)/run has a file log.jsonl that a run would replace
            fix: move it, or choose another output

          """)
    }
    #expect(try folder.text("run/log.jsonl") == "{}\n")
  }
}
