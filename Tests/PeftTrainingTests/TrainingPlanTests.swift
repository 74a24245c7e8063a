import Peft
import PeftTestSupport
import Testing

@Suite("Plans of training") struct TrainingPlanTests {
  private static let batch = TrainingPlan.Batch(rows: 4, sequence: 256)

  private func plan(
    _ configuration: some TunerConfiguration, purpose: TrainingPlan.Purpose = .training(),
    batch: TrainingPlan.Batch = batch
  ) throws -> TrainingPlan {
    try TrainingPlan(
      configuration, on: ModelDescription("gpt2").graph(), batch: batch, purpose: purpose,
      threads: 2)
  }

  @Test("GPT-2 takes less with LoRA than with RandLora, whose bases are there, too")
  func gpt2() throws {
    let (lora, randlora) = (try plan(LoraConfig(r: 8)), try plan(RandLoraConfig(r: 32)))
    #expect(lora.modelBytes == 4 * 124_439_808)
    // What updates are added to is read once, and then given back.
    let adapted = 12 * 4 * (2304 * 768)
    #expect(randlora.modelBytes == lora.modelBytes - adapted)
    #expect(lora.basisBytes == 0)
    #expect(randlora.basisBytes == randlora.budget.basisBytes)
    #expect(lora.totalBytes < randlora.totalBytes)
    #expect(lora.updates.count == 12 && lora.updates.allSatisfy(\.isBeside))
    #expect(randlora.updates.count == 12 && randlora.updates.allSatisfy { !$0.isBeside })
  }

  @Test("What is trained is counted four times with AdamW, once more where steps accumulate")
  func trained() throws {
    let count = 294_912
    let usual = try plan(LoraConfig(r: 8))
    #expect(usual.budget.trainableParameters == count)
    #expect(usual.adapterBytes == 4 * count)
    #expect(usual.optimizerBytes == 8 * count)
    #expect(usual.gradientBytes == 4 * count)
    let lion = try plan(
      LoraConfig(r: 8), purpose: .training(OptimizerRecipe(Lion()), accumulates: true))
    #expect(lion.optimizerBytes == 4 * count)
    #expect(lion.gradientBytes == 8 * count)
    #expect(lion.workingBytes == usual.workingBytes)
  }

  @Test("Answers alone take less, and longer rows more")
  func sizes() throws {
    let training = try plan(LoraConfig(r: 8))
    let inference = try plan(LoraConfig(r: 8), purpose: .inference)
    #expect(inference.optimizerBytes == 0 && inference.gradientBytes == 0)
    #expect(inference.totalBytes < training.totalBytes)
    let longer = try plan(LoraConfig(r: 8), batch: .init(rows: 4, sequence: 512))
    #expect(longer.workingBytes > training.workingBytes)
    #expect(longer.modelBytes == training.modelBytes)
  }

  @Test("A model is told what it lacks")
  func refusals() throws {
    func error(_ model: String, sequence: Int = 8) -> String? {
      message {
        _ = try TrainingPlan(
          LoraConfig(r: 8, targetModules: .allLinear), on: ModelDescription(model).graph(),
          batch: .init(rows: 1, sequence: sequence))
      }
    }
    #expect(error("dinov2")?.hasPrefix("the model has no output to train: it gives") == true)
    #expect(error("gpt2", sequence: 1025)?.contains("has 1024 positions") == true)
  }

  @Test("The tables")
  func tables() throws {
    let plans = try TrainingPlans(
      [
        LoraConfig(r: 2, targetModules: ["up", "down"]),
        RandLoraConfig(r: 8, targetModules: ["up", "down"], randloraAlpha: 160),
      ], on: Self.classifier.graph(), batch: .init(rows: 3, sequence: 1), threads: 1)
    #expect(
      try plans.report(as: .table) == """
                             lora                 randlora
        classifier · 3 × 1 · adamw
          settings            r=2  r=8, randlora_alpha=160
          trained           1,024                      912
          model           92.0 kB                  92.0 kB
          bases                                     166 kB
          adapter         4.10 kB                  3.65 kB
          optimizer       8.19 kB                  7.30 kB
          gradients       4.10 kB                  3.65 kB
          working memory  7.24 kB                  53.7 kB
          total            116 kB                   327 kB
          updates beside        2                        2

        """)
    #expect(
      try plans.report(as: .table, showsLayers: true) == """
          module  out × in  rank  update  beside  added
        lora r=2
          up      200 × 48     2  beside   92.4k  1.89M
          down    64 × 200     2  beside    155k  2.52M

        randlora r=8, randlora_alpha=160
          up      200 × 48    48  beside   1.74M  2.85M
          down    64 × 200    64  beside   2.57M  4.22M

        """)
    let csv = try plans.report(as: .csv, showsLayers: true).split(separator: "\r\n")
    #expect(csv.count == 5)
    #expect(csv[0] == "model,tuner,settings,path,outputs,inputs,rank,beside,cost_beside,cost_added")
  }

  private static var classifier: ModelDescription {
    get throws {
      try ModelDescription(
        text: """
          name: classifier
          inputs:
            x: {type: numbers, shape: [batch, 48]}
          graph:
            - linear: {name: up, out: 200, from: x}
            - activation: {name: act, function: relu}
            - linear: {name: down, out: 64}
            - linear: {name: head, out: 5}
          outputs: {logits: previous}

          """)
    }
  }
}
