import Peft
import PeftTestSupport
import Testing

@Suite("Training on 16-bit weights") struct HalfPrecisionTrainingTests {
  @Test(
    "What is trained is 32 bits wide, copies of the model's own weights too",
    arguments: try RecordedRun.all().filter { $0.dtype != nil && $0.folder.hasPrefix("gpt2") }
      .exactly(2, "checkpoints"))
  func copies(run: RecordedRun) throws {
    let (narrow, batch) = (try Model(run.path), try RecordedTraining.named("gpt2-lora").pool()[0])
    let wide = try narrow.widened()
    let configuration = LoraConfig(
      r: 2, targetModules: ["c_attn"], bias: .all, modulesToSave: ["wte", "ln_f"])
    let results = try [narrow, wide].map { model in
      let adapter = try Adapter(configuration, for: model.graph)
      let training = try AdapterTraining(
        AdapterWeights(adapter, on: model), on: model,
        settings: AdapterTraining.Settings(objective: .nextToken(), dropout: 0))
      return try (0..<3).map { step in
        try training.step([batch], learningRate: 1e-3, seed: UInt64(step))
      }
    }
    for (found, expected) in zip(results[0], results[1]) {
      #expect(abs(found.loss / expected.loss - 1) < 1e-5)
      #expect(abs(found.gradientNorm / expected.gradientNorm - 1) < 1e-4)
    }
  }
}

extension Model {
  /// The same model with 32-bit weights.
  fileprivate func widened() throws -> Model {
    var parameters: [Parameter.ID: Tensor] = [:]
    for parameter in graph.parameters {
      guard let id = graph.parameter(named: parameter.name), let tensor = tensor(of: id) else {
        continue
      }
      parameters[id] = Tensor(tensor.floats(), shape: tensor.shape)
    }
    return Model(graph, parameters: parameters)
  }
}
