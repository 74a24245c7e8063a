import Peft
import PeftBasics
import PeftTestSupport
import Testing

@Suite("Activation checkpointing") struct CheckpointedActivationsTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let rows = (1...12).map { row in
      #"{"text": "\#(row * 7919)\#(row * 104_729)", "target": "\#(row * row)", "label": \#(row % 3)}"#
    }
    try folder.file("train.jsonl", rows.joined(separator: "\n"))
  }

  private func run(
    _ model: String, _ tuner: String, _ fields: String...
  ) throws -> (losses: [Double], tensors: [String: Tensor]) {
    let data =
      model.hasSuffix("classifier")
      ? "" : model.hasPrefix("t5") ? #", text: "{text}", target: "{target}""# : #", text: "{text}""#
    let text =
      """
      model: \(Fixture.path("checkpoints/\(model)"))
      data: {train: \(folder.path)/train.jsonl, tokenizer: bytes\(data)}
      tuner: {\(tuner): {r: 4, target_modules: all-linear}}
      batch_size: 3
      steps: 4
      dropout: 0.1
      optimizer: {sgd: {learning_rate: 0.1}}
      output: \(folder.path)/run\(UInt64.random(in: 0...UInt64.max))

      """ + fields.joined(separator: "\n")
    let trainer = try Trainer(TrainingRecipe(text: text))
    var losses: [Double] = []
    try trainer.run { if case .step(let record) = $0 { losses.append(record.loss) } }
    return (losses, trainer.weights.tensors)
  }

  @Test(
    "The losses and the adapter are those without, dropout included",
    arguments: [
      "gpt2", "gpt_neox", "llama-grouped", "qwen3", "phi3", "gemma", "opt", "bert-classifier",
      "distilbert-classifier", "albert-classifier", "t5",
    ], ["lora", "randlora"])
  func sameNumbers(model: String, tuner: String) throws {
    let kept = try run(model, tuner)
    let again = try run(model, tuner, "checkpoint_activations: true")
    #expect(kept.losses.count == 4 && again.losses.count == 4)
    for (a, b) in zip(kept.losses, again.losses) { #expect(abs(a / b - 1) <= 1e-6) }
    let largest = kept.tensors.values.flatMap { $0.floats().map(abs) }.max() ?? 0
    for (name, tensor) in kept.tensors {
      let other = try #require(again.tensors[name])
      let gap = zip(tensor.floats(), other.floats()).map { abs($0 - $1) }.max() ?? 0
      #expect(gap <= 1e-6 * largest, "\(name)")
    }
  }

  @Test("It takes a fraction of the memory", arguments: [Precision.f32, .bf16])
  func memory(precision: Precision) throws {
    func bytes(_ checkpoints: Bool) throws -> Int {
      try TrainingPlan(
        LoraConfig(r: 8, targetModules: .allLinear), on: ModelDescription("gpt2").graph(),
        batch: .init(rows: 4, sequence: 1024),
        purpose: .training(checkpointsActivations: checkpoints), precision: precision, threads: 2
      ).workingBytes
    }
    #expect(try bytes(true) < bytes(false) / 2)
  }
}
