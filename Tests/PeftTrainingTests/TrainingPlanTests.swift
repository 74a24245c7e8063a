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
    #expect(lora.peakBytes == lora.totalBytes + TrainingPlan.processBytes)
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
      LoraConfig(r: 8), purpose: .training(OptimizerRecipe(Lion()), accumulate: 4))
    #expect(lion.optimizerBytes == 4 * count)
    #expect(lion.gradientBytes == 8 * count)
    // A sum that is made once is worth it for four batches, not for one.
    #expect(usual.updates.allSatisfy(\.isBeside) && lion.updates.allSatisfy { !$0.isBeside })
    #expect(lion.workingBytes > usual.workingBytes)
    #expect(lion.work.operations < 4 * usual.work.operations)
    let (once, often) = (
      try plan(RandLoraConfig(r: 32)),
      try plan(RandLoraConfig(r: 32), purpose: .training(accumulate: 4))
    )
    #expect(often.work.operations < 4 * once.work.operations)
  }

  @Test("A step takes the operations of its layers, forward and backward")
  func operations() throws {
    let plan = try TrainingPlan(
      LoraConfig(r: 2, targetModules: ["up", "down"]), on: Self.classifier.graph(),
      batch: .init(rows: 3, sequence: 1))
    func product(_ depth: Int, _ columns: Int) -> Int { 2 * 3 * depth * columns }
    // Forward, and for the gradient of the input: there is none of the first layer's.
    let head = 2 * product(64, 5)
    let layers = [product(48, 200), 2 * product(200, 64), head].reduce(0, +)
    // The same once more thin, and for the gradients of both factors.
    let thin = [product(2 * 48, 2), product(3 * 200, 2), product(3 * 200, 2), product(3 * 64, 2)]
    #expect(plan.work.operations == Double(layers + thin.reduce(0, +)))
    let modules = plan.updates.map(\.work.operations).reduce(0, +)
    #expect(modules + Double(head) == plan.work.operations)
  }

  @Test("GPT-2 small takes 537 GFLOP for a LoRA on all linear layers and 4 × 256 tokens")
  func gpt2Operations() throws {
    let plan = try plan(LoraConfig(r: 16, targetModules: .allLinear))
    let (d, rows) = (768, 4 * 256)
    let shapes = [(d, 3 * d), (d, d), (d, 4 * d), (4 * d, d)]
    var operations = 0
    for layer in 0..<12 {
      for (number, (inputs, outputs)) in shapes.enumerated() {
        // Nothing before the first layer is trained.
        let hasInputGradient = layer > 0 || number > 0
        operations += 2 * rows * inputs * outputs * (hasInputGradient ? 2 : 1)
        let width = inputs * (hasInputGradient ? 3 : 2) + outputs * 3
        operations += 2 * rows * 16 * width
      }
      // 12 heads of 64 entries; a block of 64 queries sees the blocks before it and itself.
      let scores = 4 * 12 * 64 * 64 * (1 + 2 + 3 + 4)
      operations += 2 * scores * (2 + 5) * 64
    }
    // The last token of a row predicts nothing.
    operations += 2 * 2 * (4 * 255) * d * 50_257
    #expect(plan.work.operations == Double(operations))
    #expect(operations.distance(to: 537_000_000_000).magnitude < 1_000_000_000)
  }

  @Test("Nothing is multiplied with very sparse bases, and what is added is counted")
  func verySparse() throws {
    func plan(sparse: Bool = false, verySparse: Bool = false) throws -> TrainingPlan {
      try self.plan(
        RandLoraConfig(
          r: 32, targetModules: .allLinear, sparse: sparse, verySparse: verySparse))
    }
    let plans = (
      dense: try plan(), sparse: try plan(sparse: true), very: try plan(verySparse: true)
    )
    let (d, rows) = (768.0, 1024.0)
    // Additions to the weights; then the bases beside the gradients of what layers give, or of square weights.
    let larger = [3 * d, 4 * d, 4 * d]
    let pairs =
      12 * (d * d * (larger.reduce(d, +)) + rows * d * larger.reduce(0, +) + d * d * d)
    #expect(plans.dense.work.operations - plans.very.work.operations == 2 * pairs)
    // PEFT takes the largest input and the largest output for the widths of the bases.
    let density = 1 / (4 * d).squareRoot()
    #expect(abs(plans.very.work.additions / (pairs * density) - 1) < 1e-9)
    #expect(plans.sparse.work.operations == plans.dense.work.operations)
    #expect(plans.sparse.work.additions == 0 && plans.dense.work.additions == 0)
    // Bases take as many bytes as they do packed.
    #expect(plans.dense.basisBytes == 4 * plans.dense.budget.basisEntries)
    #expect(plans.sparse.basisBytes * 16 <= plans.dense.basisBytes + 32)
    #expect(plans.very.basisBytes * 24 <= plans.dense.basisBytes)
  }

  @Test("Weights that lie in memory are not given back")
  func inMemory() throws {
    let folder = Fixture.path("checkpoints/gpt2")
    let mapped = try Model(folder, threads: 1)
    let held = Model(
      mapped.graph,
      parameters: Dictionary(
        uniqueKeysWithValues: try mapped.graph.parameters.map { parameter in
          let id = try #require(mapped.graph.parameter(named: parameter.name))
          let tensor = try #require(mapped.tensor(of: id))
          return (id, Tensor(tensor.floats(), shape: tensor.shape))
        }))
    let all = held.graph.parameters.map { 4 * $0.count }.reduce(0, +)
    let tuner = RandLoraConfig(r: 4, targetModules: ["c_attn"])
    func plan(_ model: Model, _ precision: Precision = .f32) throws -> TrainingPlan {
      try TrainingPlan(
        tuner, on: model.computing(in: precision), batch: .init(rows: 40, sequence: 16))
    }
    let files = try plan(mapped)
    #expect(files.updates.allSatisfy { !$0.isBeside })
    let adapted = files.updates.map { 4 * $0.outputs * $0.inputs }.reduce(0, +)
    #expect(files.modelBytes == all - adapted)
    #expect(
      try files.totalBytes
        == TrainingPlan(tuner, on: mapped.graph, batch: .init(rows: 40, sequence: 16), threads: 1)
        .totalBytes)
    #expect(try plan(held).modelBytes == all)
    // Rounded weights lie beside those that they are made of.
    #expect(try plan(held, .bf16).modelBytes > all)
    #expect(try plan(mapped, .bf16).modelBytes < all)
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
    #expect(
      error("dinov2")?.hasPrefix("the model has no output to train or to measure: it gives") == true
    )
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
      try plans.report(
        as: .table, rates: MachineRates(singleOperations: 1e9, halfOperations: 1e9, bytes: 1e12)
      ) == """
                               lora                 randlora
        classifier · 3 × 1 · adamw
          settings              r=2  r=8, randlora_alpha=160
          trained             1,024                      912
          model             92.0 kB                  92.0 kB
          bases                                       166 kB
          adapter           4.10 kB                  3.65 kB
          optimizer         8.19 kB                  7.30 kB
          gradients         4.10 kB                  3.65 kB
          working memory    7.24 kB                  53.7 kB
          process           42.0 MB                  42.0 MB
          total             42.1 MB                  42.3 MB
          FLOPs a step    233 kFLOP                585 kFLOP
          expected step      0.2 ms                   0.6 ms

          layers  update               beside               added
        lora r=2
          up      beside  66.0 kFLOP, 53.8 kB   102 kFLOP, 131 kB
          down    beside    163 kFLOP, 124 kB   211 kFLOP, 227 kB

        randlora r=8, randlora_alpha=160
          up      beside    200 kFLOP, 272 kB  1.05 MFLOP, 347 kB
          down    beside    381 kFLOP, 532 kB  1.89 MFLOP, 580 kB

        """)
    #expect(
      try plans.report(as: .table, showsLayers: true) == """
          module  out × in  rank  update               beside               added
        lora r=2
          up      200 × 48     2  beside  66.0 kFLOP, 53.8 kB   102 kFLOP, 131 kB
          down    64 × 200     2  beside    163 kFLOP, 124 kB   211 kFLOP, 227 kB

        randlora r=8, randlora_alpha=160
          up      200 × 48    48  beside    200 kFLOP, 272 kB  1.05 MFLOP, 347 kB
          down    64 × 200    64  beside    381 kFLOP, 532 kB  1.89 MFLOP, 580 kB

        """)
    let csv = try plans.report(as: .csv, showsLayers: true).split(separator: "\r\n")
    #expect(csv.count == 5)
    #expect(
      csv[0]
        == "model,tuner,settings,path,outputs,inputs,rank,beside,cost_beside,cost_added,flops,"
        + "moved_bytes,other_flops,other_moved_bytes,gradients,thin_flops,whole_flops")
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

  @Test(
    "In bfloat16 all products have rounded factors: one in 32 bits would take twice as long",
    arguments: ["gpt2", "llama-3.2-1b", "t5-small"])
  func roundedFactors(name: String) throws {
    let graph = try ModelDescription(name, setting: [("layers", "2")]).graph()
    for purpose in [TrainingPlan.Purpose.training(), .inference] {
      let plan = try TrainingPlan(
        LoraConfig(r: 4), on: graph, batch: .init(rows: 2, sequence: 16), purpose: purpose,
        precision: .bf16)
      #expect(plan.work.halfOperations > 0)
      #expect(plan.work.singleOperations == 0, "\(purpose)")
    }
    let plan = try GenerationPlan(graph, rows: 2, promptTokens: 8, precision: .bf16)
    #expect(plan.promptWork.singleOperations == 0 && plan.tokenWork.singleOperations == 0)
  }

}
