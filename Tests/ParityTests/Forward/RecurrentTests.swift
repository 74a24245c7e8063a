import Peft
import PeftBasics
import PeftTestSupport
import Testing

/// A tagger of recurrent layers, described in YAML, beside the same in PyTorch: `Tests/Fixtures/generate/recurrent.py`.
@Suite("Recurrent layers are PyTorch's") struct RecurrentTests {
  struct Row: Decodable {
    let tuner: String
    let r: Int
    let targetModules: RecordedValue
    let trained: Int
    let all: Int
    let targets: [String]

    private enum CodingKeys: String, CodingKey {
      case tuner, r, trained, all, targets
      case targetModules = "target_modules"
    }
  }

  private static func description() throws -> ModelDescription {
    try ModelDescription(Fixture.path("recurrent/tagger.yaml"))
  }

  private static func model() throws -> Model {
    try Model(description(), weights: Fixture.path("recurrent/model.safetensors"))
  }

  private static func numbers() throws -> SafetensorsFile {
    try SafetensorsFile(path: Fixture.path("recurrent/case.safetensors"))
  }

  @Test("Parameters have PyTorch's names, in its order, and LSTMs are no targets")
  func names() throws {
    let names = try Fixture.rows(
      "recurrent/recurrent.json", at: "parameters", as: String.self, exactly: 31)
    let graph = try Self.description().graph()
    #expect(graph.parameters.map(\.name) == names)
    let refusal = try Fixture.rows(
      "recurrent/recurrent.json", at: "refusal", as: String.self, exactly: 1)
    #expect(refusal[0].hasPrefix("Target module LSTM("))
    let error = #expect(throws: (any Error).self) {
      try Adapter(LoraConfig(r: 2, targetModules: ["lstm"]), for: graph)
    }
    #expect("\(try #require(error))".contains("lstm (LSTM) cannot be adapted"))
  }

  @Test("What it answers to rows of different lengths, and to one without padding")
  func answers() throws {
    let (model, numbers) = (try Self.model(), try Self.numbers())
    let inputs = try ["input_ids", "attention_mask"].map { ($0, try #require(numbers.tensor($0))) }
    let logits = try #require(
      try model(Dictionary(uniqueKeysWithValues: inputs))["logits"])
    #expect(try logits.distance(from: #require(numbers.tensor("logits"))) <= 1e-6)
    // A row by itself and without padding is the same.
    let tokens = try #require(inputs[0].1.integers())
    let alone = try #require(
      try model(["input_ids": Tensor(Array(tokens.prefix(9)), shape: [1, 9])])["logits"])
    #expect(zip(alone.floats(), logits.floats()).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test("The gradients of all parameters")
  func gradients() throws {
    let (model, numbers) = (try Self.model(), try Self.numbers())
    let modules = ["embed", "lstm", "gru", "rnn", "norm", "head"]
    let adapter = try Adapter(
      LoraConfig(r: 1, targetModules: .nothing, modulesToSave: modules), for: model.graph)
    let training = try AdapterTraining(
      AdapterWeights(adapter, on: model, seed: 0), on: model,
      settings: AdapterTraining.Settings(objective: .classes(count: 3)))
    let inputs = try ["input_ids", "attention_mask", "labels"].map {
      ($0, try #require(numbers.tensor($0)))
    }
    let found = try training.gradients(
      of: TrainingBatch(
        inputs: Dictionary(uniqueKeysWithValues: inputs), countedEntries: 4, tokenCount: 0))
    #expect(found.count == 31)
    for (name, gradient) in found {
      let own = name.split(separator: ".").filter {
        $0 != "modules_to_save" && $0 != "default" && $0 != "trained"
      }.joined(separator: ".")
      let expected = try #require(numbers.tensor("gradient.\(own)"), "\(name)")
      #expect(gradient.distance(from: expected) <= 1e-5, "\(name)")
    }
  }

  @Test("Counts are PEFT's")
  func counts() throws {
    let rows = try Fixture.rows("recurrent/recurrent.json", at: "rows", as: Row.self, exactly: 3)
    let graph = try Self.description().graph()
    for row in rows {
      let targets: TargetSelection.Targets =
        if case .text = row.targetModules.value { .allLinear } else { ["norm", "head"] }
      let configuration: any TunerConfiguration =
        row.tuner == "lora"
        ? LoraConfig(r: row.r, targetModules: targets)
        : RandLoraConfig(r: row.r, targetModules: targets)
      let budget = try #require(try Comparison([graph], [configuration]).rows.first)
      #expect(budget.trainableParameters == row.trained)
      #expect(budget.allParameters == row.all)
      #expect(budget.modules.map(\.path).sorted() == row.targets)
    }
  }
}
