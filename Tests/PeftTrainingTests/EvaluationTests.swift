import Peft
import PeftTestSupport
import PeftTraining
import Testing

@Suite("Evaluation") struct EvaluationTests {
  private static func task(_ model: String, adapter: String? = nil) throws -> TaskModel {
    try TaskModel(
      TaskModel.Source(EvaluationFixture.path(model)),
      adapters: adapter.map { [try AdapterFolder(EvaluationFixture.path($0))] } ?? [])
  }

  private static func settings(
    _ rows: String = EvaluationFixture.path("rows.csv"), packed: Bool = false
  ) -> DataSettings {
    DataSettings(train: [rows], packed: packed)
  }

  private static func result(
    _ task: TaskModel, _ settings: EvaluationSettings
  ) throws -> EvaluationResult {
    let objective = try task.objective(problemType: settings.problemType)
    let stream = try task.stream(settings, of: objective, called: "model")
    return try Evaluation(task.model, objective: objective).run(on: stream)
  }

  /// Sums of 32-bit numbers in another order.
  private static func isNear(_ value: Double?, _ expected: Double) -> Bool {
    value.map { ($0 - expected).magnitude <= 2e-6 * max(1, expected.magnitude) } ?? false
  }

  @Test(
    "Loss and scores of a classifier are those of transformers and scikit-learn, also where rows are cut",
    arguments: [nil, "lora"], [1, 7, 64])
  func classes(adapter: String?, batchSize: Int) throws {
    let expected = try EvaluationFixture.recorded.get()
    let recorded = adapter == nil ? expected.base : expected.lora
    let result = try Self.result(
      Self.task("bert", adapter: adapter),
      EvaluationSettings(Self.settings(), batchSize: batchSize))
    #expect(Self.isNear(result.measurement.loss, recorded.loss))
    #expect(result.rowCount == 48 && result.cutRows > 0 && result.leftOutRows == 0)
    let scores = try #require(result.scores)
    for measure in scores.measures {
      let value = try #require(recorded.measures[measure.key])
      #expect(Self.isNear(measure.value, value), "\(measure.key)")
    }
    #expect(scores.measures.count == recorded.measures.count)
    #expect(scores.classes?.confusion?.rows == recorded.confusion)
    #expect(scores.classes?.names == ["licence", "change", "header", "doc, string"])
    #expect(result.macroF1 == scores.classes?.macro.f1)
    #expect(result.perplexity == nil && result.measurement.bitsPerByte == nil)
  }

  @Test("A regression's errors and correlations are scikit-learn's and SciPy's")
  func numbers() throws {
    let expected = try EvaluationFixture.recorded.get()
    let folder = try TemporaryFolder()
    let rows = try TextFile(EvaluationFixture.path("rows.csv"))
    // Four outputs, each compared with the row's number.
    let lines = rows.texts.enumerated().map { index, text in
      let number = Double(index) / 10
      return "{\"text\": \"\(text)\", \"label\": [\(number), \(number), \(number), \(number)]}\n"
    }
    let path = try folder.file("rows.jsonl", lines.joined())
    let result = try Self.result(
      Self.task("bert"), EvaluationSettings(Self.settings(path), problemType: .regression))
    guard case .numbers(let outputs)? = result.scores else {
      Issue.record("no numbers")
      return
    }
    #expect(outputs.count == 4)
    #expect(Self.isNear(outputs[0].sums.meanSquaredError, expected.numbers.meanSquaredError))
    #expect(Self.isNear(outputs[0].sums.pearson, expected.numbers.pearson))
    #expect(Self.isNear(outputs[0].spearman, expected.numbers.spearman))
    let means = outputs.reduce(0) { $0 + $1.sums.meanSquaredError } / 4
    #expect(result.scores?.measures.first { $0.key == "mean_squared_error" }?.value == means)
    #expect(Self.isNear(result.measurement.loss, means))
    #expect(result.macroF1 == nil)
  }

  @Test("Labels are predicted from a probability of 1/2 on")
  func labels() throws {
    let expected = try EvaluationFixture.recorded.get().base
    let folder = try TemporaryFolder()
    let rows = try TextFile(EvaluationFixture.path("rows.csv"))
    // Every row has the labels that are predicted of it, but for the first, which has all.
    let lines = zip(rows.texts, expected.logits).enumerated().map { index, row in
      let labels = row.1.map { index == 0 || $0 > 0 ? "1" : "0" }.joined(separator: ", ")
      return "{\"text\": \"\(row.0)\", \"label\": [\(labels)]}\n"
    }
    let path = try folder.file("rows.jsonl", lines.joined())
    let result = try Self.result(
      Self.task("bert"), EvaluationSettings(Self.settings(path), problemType: .multiLabel))
    let report = try #require(result.scores?.classes)
    #expect(report.confusion == nil && report.exampleCount == 48)
    #expect(report.accuracy == 47.0 / 48)
    #expect(result.macroF1 == report.macro.f1)
  }

  @Test("Perplexity is that of transformers, and bits per byte count the text whose tokens count")
  func language() throws {
    let expected = try EvaluationFixture.recorded.get().language
    var settings = Self.settings()
    let folder = try TemporaryFolder()
    // The end of the text as the checkpoint's configuration has it.
    for name in ["config.json", "model.safetensors"] {
      try folder.file(name, Fixture.bytes("evaluation/gpt2/\(name)"))
    }
    try folder.file("tokenizer.json", Fixture.bytes("tokenizers/gpt2.json"))
    let task = try TaskModel(TaskModel.Source(folder.path))
    let result = try Self.result(task, EvaluationSettings(settings))
    #expect(result.measurement.entryCount == expected.entries)
    #expect(Self.isNear(result.measurement.loss, expected.loss))
    #expect(
      (result.perplexity.map { $0 / expected.perplexity - 1 } ?? 1).magnitude < 1e-5)
    #expect(Self.isNear(result.measurement.bitsPerByte, expected.bitsPerByte))
    #expect(result.scores == nil && result.macroF1 == nil)
    // Packed, every token but the first of a sequence counts.
    settings.packed = true
    let packed = try Self.result(task, EvaluationSettings(settings, sequenceLength: 16))
    #expect(packed.measurement.bitsPerByte.map { 4...9 ~= $0 } ?? false)
    #expect(packed.rowCount > 48)
  }

  @Test("bf16 measures nearly the same")
  func precision() throws {
    let expected = try EvaluationFixture.recorded.get().base
    let task = try TaskModel(
      TaskModel.Source(EvaluationFixture.path("bert"), precision: .bf16))
    let result = try Self.result(task, EvaluationSettings(Self.settings()))
    #expect((result.measurement.loss - expected.loss).magnitude < 0.02)
    #expect(result.measurement.loss != expected.loss)
  }

  @Test("An adapter in training is measured as a model with it is")
  func training() throws {
    let task = try Self.task("bert", adapter: "lora")
    let objective = try task.objective()
    let settings = EvaluationSettings(Self.settings())
    let stream = try task.stream(settings, of: objective, called: "model")
    let training = try AdapterTraining(
      task.adapters[0], on: task.base, settings: AdapterTraining.Settings(objective: objective))
    let result = try training.evaluate(stream)
    let other = try Self.result(task, settings)
    #expect(Self.isNear(result.measurement.loss, other.measurement.loss))
    #expect(result.scores == other.scores)
    #expect(result.macroF1 == other.macroF1 && result.macroF1 != nil)
  }

  @Test("Folders are called by as much of their path as tells them apart")
  func names() throws {
    let settings = EvaluationSettings(Self.settings())
    let folder = try TemporaryFolder()
    for name in ["a/best", "b/best", "base"] {
      try folder.makeFolder(name)
      for file in ["adapter_config.json", "adapter_model.safetensors"] {
        try folder.file("\(name)/\(file)", Fixture.bytes("evaluation/lora/\(file)"))
      }
    }
    let paths = ["a/best", "b/best/", "./a/best", "base"].map(folder.path)
    let comparison = try EvaluationComparison(
      TaskModel.Source(EvaluationFixture.path("bert")),
      adapters: paths.map { try AdapterFolder($0) }, settings: settings)
    let names = comparison.contestants.map(\.name)
    #expect(names[0] == "base" && names[2] == "b/best")
    #expect(names[4].hasSuffix("/base"))
    #expect(Set(names).count == 5)
  }
}

/// The texts of the fixture's rows.
private struct TextFile {
  let texts: [String]

  init(_ path: String) throws {
    let predictor = try RowPredictor(
      TaskModel(TaskModel.Source(EvaluationFixture.path("bert"))), of: .files([path]),
      settings: PredictionSettings())
    var texts: [String] = []
    try predictor.run { row in
      texts.append(row.record.text ?? "")
    }
    self.texts = texts
  }
}

extension DataRecord {
  fileprivate var text: String? {
    if case .text(let text)? = self["text"] { text } else { nil }
  }
}
