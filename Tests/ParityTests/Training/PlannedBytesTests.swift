import Peft
import Testing

@Suite("A plan is what runs") struct PlannedBytesTests {
  static let rows = [
    "gpt2-lora", "gpt2-dora", "gpt2-randlora", "gpt2-lora-embedding", "gpt2-lora-saved-head-tied",
    "t5-lora-patterns-bias", "t5-randlora", "bert-randlora-bias-all", "vit-lora-conv2d",
    "clip-randlora", "llama-lora-layer-replication",
  ]

  @Test(
    "Every byte of a training is planned, for one batch a step and for several", arguments: rows,
    [(threads: 1, accumulate: 1), (2, 1), (2, 3)])
  func bytes(name: String, run: (threads: Int, accumulate: Int)) throws {
    let (threads, accumulate) = run
    let row = try RecordedTraining.named(name)
    let (model, weights) = try row.start(threads: threads)
    let training = try AdapterTraining(
      weights, on: model,
      settings: AdapterTraining.Settings(
        objective: row.objective(of: model), accumulate: accumulate))
    func plan(_ configuration: some TunerConfiguration) throws -> TrainingPlan {
      try TrainingPlan(
        configuration, on: model, batch: .init(rows: 3, sequence: 9),
        purpose: .training(accumulate: accumulate))
    }
    let plan = try plan(weights.adapter.configuration)
    let shapes = [
      "input_ids": [3, 9], "attention_mask": [3, 9], "token_type_ids": [3, 9],
      "decoder_input_ids": [3, 9], "pixel_values": [3] + (model.imageShape ?? []),
      "labels": row.isClassifier ? [3] : [3, 9],
    ].filter { name, _ in name == "labels" || model.graph.inputs.contains { $0.name == name } }
    #expect(
      try training.plannedBytes(for: shapes)
        == plan.totalBytes - plan.modelBytes - plan.basisBytes)
    #expect(plan.gradientBytes == 4 * training.parameterCount * (accumulate > 1 ? 2 : 1))
  }
}

extension Model {
  fileprivate var imageShape: [Int]? {
    graph.inputs.first { $0.name == "pixel_values" }
      .map { graph[$0.value].type.shape.dimensions.compactMap(\.size) }
  }
}
