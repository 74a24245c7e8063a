import Peft
import PeftTestSupport
import Testing

@Suite("What fits into memory and time") struct FittingPlansTests {
  /// A machine on which matrices are everything.
  private static let rates = MachineRates(
    singleOperations: 1e11, halfOperations: 2e11, bytes: 1e13)

  private func plans(
    _ configurations: [any TunerConfiguration] = [LoraConfig(r: 8)], memory: Int,
    amount: FittingPlans.Amount? = .tokens(100_000), seconds: Double? = nil,
    choices: FittingPlans.Choices = .init(sequences: [128], threads: 2)
  ) throws -> FittingPlans {
    try FittingPlans(
      configurations, on: ModelDescription("gpt2").graph(), choices: choices, rates: Self.rates,
      limits: .init(memoryBytes: memory, amount: amount, seconds: seconds))
  }

  @Test(
    "The batch is as large as fits, up to what is usual",
    arguments: [(4_000_000_000, 8), (500_000_000, 4), (420_000_000, 2), (360_000_000, 1)])
  func batches(memory: Int, rows: Int) throws {
    let plans = try plans(memory: memory)
    let plan = try #require(plans.plans.first)
    #expect(plan.training.batch.rows == rows)
    #expect(plan.precision == .bf16 && !plan.checkpointsActivations)
    #expect(plan.training.peakBytes <= memory)
    #expect(plans.verdict(on: plan) == .fits)
    let steps = (100_000 + 128 * rows - 1) / (128 * rows)
    #expect(plan.steps(for: plans.limits.amount) == steps)
    #expect(plan.seconds(for: plans.limits.amount) == Double(steps) * plan.secondsPerStep)
    // The plan is the one that would be made for itself.
    let alone = try TrainingPlan(
      LoraConfig(r: 8), on: ModelDescription("gpt2").graph(),
      batch: .init(rows: rows, sequence: 128), precision: .bf16, threads: 2)
    #expect(plan.training.peakBytes == alone.peakBytes)
    #expect(plan.secondsPerStep == alone.seconds(at: Self.rates))
  }

  @Test("Activations are checkpointed where nothing fits without")
  func checkpointing() throws {
    let choices = FittingPlans.Choices(sequences: [1024], threads: 2)
    let roomy = try #require(try plans(memory: 700_000_000, choices: choices).plans.first)
    #expect(!roomy.checkpointsActivations)
    let memory = roomy.training.peakBytes - 100_000_000
    let tight = try plans(memory: memory, choices: choices)
    let plan = try #require(tight.plans.first)
    #expect(plan.checkpointsActivations && plan.training.peakBytes <= memory)
    #expect(tight.verdict(on: plan) == .fits)
  }

  @Test("Where nothing fits, the least memory is said")
  func nothing() throws {
    let plans = try plans([LoraConfig(r: 8), RandLoraConfig(r: 32)], memory: 50_000_000)
    #expect(plans.plans.count == 2)
    for plan in plans.plans {
      #expect(plans.verdict(on: plan) == .tooLittleMemory)
      #expect(plan.checkpointsActivations && plan.training.batch.rows == 1)
    }
    #expect(plans.report(as: .table, showsMoments: false).contains("too little memory"))
  }

  @Test("A plan that takes longer than there is time does not fit")
  func time() throws {
    let fast = try plans(memory: 4_000_000_000)
    let needed = try #require(fast.plans.first?.seconds(for: fast.limits.amount))
    for (seconds, verdict) in [
      (needed * 0.99, FittingPlans.Verdict.tooLittleTime), (needed, .fits),
    ] {
      let plans = try plans(memory: 4_000_000_000, seconds: seconds)
      #expect(try plans.verdict(on: #require(plans.plans.first)) == verdict)
    }
    let open = try plans(memory: 4_000_000_000, amount: nil, seconds: 60)
    #expect(open.report(as: .table).contains("tokens in 1 min 00 s"))
  }

  @Test("Only what may be chosen is chosen")
  func choices() throws {
    let plans = try plans(
      memory: 8_000_000_000,
      choices: .init(sequences: [64, 256], precisions: [.f32], batch: 3, threads: 2))
    #expect(plans.plans.map(\.training.batch.sequence) == [64, 256])
    #expect(plans.plans.allSatisfy { $0.precision == .f32 && $0.training.batch.rows == 3 })
  }

  @Test("A model without tokens is planned by examples")
  func images() throws {
    let graph = try ModelDescription("vit-b16", setting: [("labels", "10")]).graph()
    func plans(_ amount: FittingPlans.Amount) throws -> FittingPlans {
      try FittingPlans(
        [LoraConfig(r: 8, targetModules: .allLinear)], on: graph,
        choices: .init(sequences: [128, 256], threads: 2),
        rates: Self.rates, limits: .init(memoryBytes: 4_000_000_000, amount: amount))
    }
    #expect(throws: FittingError.noTokens("vit-b16")) { try plans(.tokens(1000)) }
    let images = try plans(.examples(1000))
    #expect(images.plans.count == 1)
    #expect(images.plans.first?.steps(for: images.limits.amount) == 125)
    #expect(images.report(as: .csv).split(separator: "\r\n").count == 2)
  }

  @Test("Without tuners, those of a registry are planned at their own settings")
  func survey() throws {
    let plans = try FittingPlans(
      surveying: .standard, on: ModelDescription("gpt2").graph(),
      choices: .init(sequences: [128], batch: 1, threads: 2), rates: Self.rates,
      limits: .init(memoryBytes: 4_000_000_000))
    #expect(Set(plans.plans.map(\.training.budget.tuner)).isSuperset(of: ["lora", "randlora"]))
    #expect(plans.plans.count > 2)
  }

  @Test("Lengths that are tried are those that the model has positions for")
  func lengths() throws {
    let names: [(String, [Int])] = [
      ("gpt2", [128, 512]), ("llama-3.2-1b", [128, 512, 2048]), ("t5-small", [128, 512, 2048]),
    ]
    for (name, lengths) in names {
      #expect(FittingPlans.usualSequences(of: try ModelDescription(name).graph()) == lengths)
    }
  }
}
