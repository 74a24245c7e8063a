import Peft
import PeftBasics
import PeftTestSupport
import Testing

/// Runs on texts of 1 to 30 tokens, with dropout, micro-batches and an evaluation.
@Suite("Batches padded to their longest row") struct RaggedBatchesTests {
  private let folder: TemporaryFolder

  /// Relative to losses, and to the adapter's largest entry. Sums over keys and rows are made in another order
  /// where there are fewer of them; a tensor that has hardly changed is such sums, of terms that cancel.
  private static let tolerance = 1e-6

  init() throws {
    folder = try TemporaryFolder()
    try folder.file("train.jsonl", Self.rows(40))
    try folder.file("eval.jsonl", Self.rows(13))
  }

  /// Texts of digits, which the tiny vocabularies have.
  private static func rows(_ count: Int) -> String {
    (1...count).map { row in
      let text = String(repeating: "\(row * row * 7919)", count: 6).prefix(1 + row * row * 13 % 29)
      let target = String(repeating: "\(row * 104_729)", count: 4).prefix(1 + row * 17 % 23)
      return #"{"text": "\#(text)", "target": "\#(target)", "label": \#(row % 3)}"# + "\n"
    }.joined()
  }

  private struct Run: Equatable {
    var losses: [Double] = []
    var evaluations: [Double] = []
    var tensors: [String: Tensor] = [:]
    var plans = 0

    static func == (a: Run, b: Run) -> Bool {
      a.losses == b.losses && a.evaluations == b.evaluations
        && a.tensors.mapValues { $0.floats() } == b.tensors.mapValues { $0.floats() }
    }
  }

  private func recipe(_ model: String, _ output: String, _ fields: [String]) throws
    -> TrainingRecipe
  {
    let isClassifier = model.hasSuffix("classifier")
    let isTargeted = model.hasPrefix("t5") || model.hasSuffix("lm")
    let template =
      isClassifier
      ? "" : isTargeted ? #", text: "{text}", target: "{target}""# : #", text: "{text}""#
    return try TrainingRecipe(
      text: """
        model: \(Fixture.path("checkpoints/\(model)"))
        data: {train: \(folder.path)/train.jsonl, eval: \(folder.path)/eval.jsonl, tokenizer: bytes\(template)}
        batch_size: 3
        sequence_length: 32
        accumulate: 2
        steps: 7
        eval_every: 3
        dropout: 0.1
        seed: 5
        optimizer: {sgd: {learning_rate: 0.1}}
        output: \(folder.path)/\(output)

        """ + fields.joined(separator: "\n"))
  }

  private func run(
    _ model: String, _ fields: String..., threads: Int = 2
  ) throws -> Run {
    let output = "run\(UInt64.random(in: 0...UInt64.max))"
    let trainer = try Trainer(recipe(model, output, fields + ["threads: \(threads)"]))
    return try run(trainer)
  }

  private func run(_ trainer: Trainer, until isEnough: () -> Bool = { false }) throws -> Run {
    var run = Run()
    try trainer.run(
      { event in
        switch event {
        case .step(let record): run.losses.append(record.loss)
        case .evaluated(let record): run.evaluations.append(record.measurement.loss)
        case .saved, .tested: break
        }
      }, until: isEnough)
    run.tensors = trainer.weights.tensors
    run.plans = trainer.planCount
    return run
  }

  private static let lora = "tuner: {lora: {r: 4, target_modules: all-linear, lora_dropout: 0.1}}"
  private static let randlora =
    "tuner: {randlora: {r: 6, target_modules: all-linear, randlora_alpha: 12, randlora_dropout: 0.1}}"

  private static let models = [
    "gpt2", "gpt_neox", "llama-grouped", "mistral", "qwen2-windows", "qwen3", "phi3", "gemma",
    "opt",
    "bert-classifier", "bert-masked-lm", "roberta-classifier", "distilbert-classifier", "t5",
    "t5-gated",
  ]

  @Test(
    "Train as rows that are padded to the sequence length, dropout included", arguments: models,
    [lora, randlora])
  func padding(model: String, tuner: String) throws {
    let ragged = try run(model, tuner)
    let full = try run(model, tuner, "padding: max_length")
    #expect(ragged.losses.count == 7 && ragged.evaluations.count == 3)
    #expect(ragged.plans > full.plans)
    for (a, b) in zip(
      ragged.losses + ragged.evaluations, full.losses + full.evaluations)
    {
      #expect(abs(a / b - 1) <= Self.tolerance)
    }
    let largest = full.tensors.values.flatMap { $0.floats().map(abs) }.max() ?? 0
    for (name, tensor) in full.tensors {
      let other = try #require(ragged.tensors[name])
      let size = tensor.floats().map(abs).max() ?? 0
      let gap = zip(tensor.floats(), other.floats()).map { abs($0 - $1) }.max() ?? 0
      #expect(Double(gap / size) <= 1e-5, "\(name)")
      #expect(Double(gap / largest) <= Self.tolerance, "\(name)")
    }
  }

  @Test("Give the same bits on any number of threads", arguments: ["gpt2", "t5"], ["f32", "bf16"])
  func threads(model: String, precision: String) throws {
    let runs = try [1, 2, 4].map {
      try run(
        model, Self.lora, "group_by_length: true", "precision: \(precision)", threads: $0)
    }
    #expect(runs[1] == runs[0])
    #expect(runs[2] == runs[0])
  }

  @Test(
    "Go on with the same bits, also where they are grouped by length", arguments: [false, true])
  func resumed(isGrouped: Bool) throws {
    let fields = [Self.lora, "group_by_length: \(isGrouped)", "save_every: 1"]
    let whole = try run(Trainer(recipe("gpt2", "whole", fields)))
    /// A run that is stopped after some steps, and its trainer gone with it.
    func stopped(after steps: Int, in output: String) throws -> Run {
      var done = 0
      return try run(Trainer(recipe("gpt2", output, fields))) {
        done += 1
        return done == steps
      }
    }
    for steps in [1, 4, 6] {
      let output = "stopped\(steps)"
      let first = try stopped(after: steps, in: output)
      let rest = try run(Trainer(resuming: folder.path(output)))
      #expect(first.losses.count == steps)
      #expect(first.losses + rest.losses == whole.losses)
      #expect(rest.tensors.mapValues { $0.floats() } == whole.tensors.mapValues { $0.floats() })
    }
  }

  @Test(
    "A model that takes one length alone, or reads a position that a short row has not, gets full padding",
    arguments: [
      "{input_ids: {type: tokens, shape: [batch, 32]}}",
      "{input_ids: {type: tokens, shape: [batch, length]}}",
    ])
  func fullLength(inputs: String) throws {
    let isFixed = inputs.contains("32")
    try folder.file(
      "own.yaml",
      """
      name: own
      inputs: \(inputs)
      graph:
        - embedding: {name: tokens, count: 61, size: 8, from: input_ids}
        - linear: {name: inner, out: 8}
        - \(isFixed ? "relu" : "take_token: {at: 9}")
        - linear: {name: head, out: 61}
      outputs: {logits: previous}

      """)
    try folder.file("short.jsonl", "{\"text\": \"12\", \"label\": 1}\n")
    let recipe = try TrainingRecipe(
      text: """
        model: \(folder.path)/own.yaml
        weights: random
        tuner: {lora: {r: 2, target_modules: [inner]}}
        data: {train: \(folder.path)/short.jsonl, tokenizer: bytes}
        sequence_length: 32
        batch_size: 2
        steps: 2
        output: \(folder.path)/own
        """)
    #expect(try run(Trainer(recipe)).losses.count == 2)
  }

  @Test("Are planned once for each length")
  func plans() throws {
    var text = try recipe("gpt2", "long", [Self.lora])
    text.length = .steps(60)
    var stream = try BatchStream(
      text.data, files: text.data.train, objective: .nextToken(),
      tokens: TokenSettings(named: "bytes"), batchSize: 3, sequenceLength: 32, seed: 5)
    let lengths = try Set(
      stream.batches(120).map { try #require($0.inputs["input_ids"]).shape[1] })
    #expect(lengths.isSubset(of: [8, 16, 24, 32]) && lengths.count > 1)
    let trainer = try Trainer(text)
    let run = try run(trainer)
    // Those of training, and of evaluation: three rows a batch, and the last of one.
    #expect(run.plans <= lengths.count + 5, "\(run.plans) plans for \(lengths)")
  }
}
