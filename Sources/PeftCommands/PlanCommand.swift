import ArgumentParser
import Peft
import PeftReports

struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Show how much memory training takes, and how many operations, before anything runs.",
    discussion: """
      The plan is that of the program that 'peft train' runs, made from shapes alone: no weights are \
      read. Without --tuner, or with '--tuner all', every tuner is planned on the model family's default target \
      modules. \(TunerHelp.explanation) In settings, | separates alternatives, each with a column.

      EXAMPLES
        peft plan gpt2 --batch 4 --sequence 256 --measure
        peft plan gpt2 --tuner lora:r=16 --tuner 'randlora:r=32|64' --optimizer lion
        peft plan llama-3.2-3b --tuner lora --batch 1 --sequence 1024 --layers
        peft plan my-checkpoint --tuner my-adapter/adapter_config.json --inference
        peft plan llama-3.2-1b --generate --sequence 512 --max-new-tokens 256

      ROWS
        model              the model's own weights, as they are stored
        bases              the tuner's frozen bases
        working memory     activations, their gradients, inputs and outputs
        scratch and tables buffers of the threads, and the sine and cosine tables of RoPE
        process            the command itself: its code and its libraries
        FLOPs a step       operations of all matrix products, forward and backward; a multiplication
                           and its addition are two
        additions a step   those of bases of few entries −s and s, which are not multiplied with
        expected step      the time that these and the memory traffic take at the rates that --measure
                           has measured on this machine

      LAYERS
        update             whether it is computed beside the weight, as two thin products, or added to
                           the weight before the product: whatever is cheaper
        beside, added      what the layers take in both ways in a step, forward and backward, and bytes
                           read and written
        gradients          of the factors of an added update: by thin products alone, or by the gradient
                           of the whole weight (with --layers)
      """)

  @OptionGroup var model: ModelOptions

  @Option(
    name: .customLong("tuner"),
    help: ArgumentHelp("A tuner with its settings; repeat it for several.", valueName: "tuner"))
  var tuners: [String] = []

  @Option(help: ArgumentHelp("Batch size.", valueName: "rows"), transform: count)
  var batch = 1

  @Option(
    help: ArgumentHelp(
      "Sequence length, in tokens: that of the longest batch.", valueName: "tokens"),
    transform: count)
  var sequence = 128

  @Option(
    help: ArgumentHelp(
      "Gradient accumulation: batches in one optimizer step.", valueName: "batches"),
    transform: count)
  var accumulate: Int?

  @Flag(help: "Plan for activation checkpointing, as in training.")
  var checkpointActivations = false

  @Option(
    help: ArgumentHelp(
      "Dropout rate of the model's own dropouts, as in training.", valueName: "rate"),
    transform: dropoutRate)
  var dropout: Double?

  @Option(help: "\(Known.optimizerNames), with settings: sgd:momentum=0.9.")
  var optimizer: String?

  @Flag(help: "Plan inference instead of training.")
  var inference = false

  @Flag(help: "Plan answering prompts of --sequence tokens, as 'peft generate' does.")
  var generate = false

  @Option(help: ArgumentHelp("New tokens of an answer.", valueName: "tokens"), transform: count)
  var maxNewTokens: Int?

  @Option(help: ArgumentHelp("Beams of a beam search.", valueName: "beams"), transform: count)
  var beams: Int?

  @Flag(help: "List every module with its shape, and the order of its gradients.")
  var layers = false

  @Flag(help: "Measure this machine, for the expected time, and keep what was measured.")
  var measure = false

  @Option(
    help: ArgumentHelp(
      "Threads to plan for; by default \(ThreadCount.variable), else as many as cores."),
    transform: numberOfThreads)
  var threads: Int?

  @OptionGroup var numbers: PrecisionOption
  @OptionGroup var options: TunerOptions
  @OptionGroup var output: ReportOptions

  func validate() throws {
    let trains =
      accumulate != nil || checkpointActivations || optimizer != nil || dropout != nil
    if inference || generate, trains {
      throw ValidationError(
        "--accumulate, --checkpoint-activations, --optimizer and --dropout are for training: "
          + "leave out --inference and --generate.")
    }
    guard generate || maxNewTokens == nil && beams == nil else {
      throw ValidationError("--max-new-tokens and --beams are for --generate.")
    }
    guard !(generate && (inference || layers || measure)) else {
      throw ValidationError("Leave out --inference, --layers and --measure with --generate.")
    }
  }

  func run() throws {
    let tuners = try options.requests(self.tuners, self.model.settings.known).flatMap(
      \.variants)
    let recipe = try optimizer.map {
      try OptimizerRecipe(named: $0, flag: "--optimizer", methods: Known.catalog.methods)
    }
    let description = try self.model.description()
    let model = try ModelSource(description)
    if generate { return try planGenerating(model, tuners) }
    let batch = TrainingPlan.Batch(rows: batch, sequence: sequence)
    let purpose: TrainingPlan.Purpose =
      inference
      ? .inference
      : .training(
        recipe ?? OptimizerRecipe(), accumulate: accumulate ?? 1,
        checkpointsActivations: checkpointActivations, dropout: dropout)
    let threads = try self.threads ?? ThreadCount.fromEnvironment()
    let plans =
      tuners.isEmpty
      ? try TrainingPlans(
        surveying: Known.tuners, on: model.storedGraph { nil }, batch: batch, purpose: purpose,
        precision: numbers.precision, threads: threads, isStrict: options.strict)
      : try TrainingPlans(
        tuners, of: model, batch: batch, purpose: purpose, precision: numbers.precision,
        threads: threads, isStrict: options.strict)
    let rates =
      try measure
      ? MeasuredRates.rates(threads: threads, anew: true) : MeasuredRates.known(threads: threads)
    try Terminal.write(
      plans.report(
        as: output.format, showsLayers: layers, rates: rates, isStyled: Terminal.isStyled))
    if rates == nil, !layers, [.table, .markdown].contains(output.format) {
      Terminal.note("note: --measure measures this machine once, for the time that a step takes")
    }
    Terminal.warn(description.warnings.map(\.description) + plans.warnings)
  }

  private func planGenerating(
    _ model: ModelSource, _ tuners: [any TunerConfiguration]
  ) throws {
    let settings = GenerationSettings(maxNewTokens: maxNewTokens ?? 256, beams: beams ?? 1)
    let adapters = try tuners.map { try Adapter($0, for: model.graph, isStrict: options.strict) }
    let graph = try model.storedGraph { nil }
    let threads = try self.threads ?? ThreadCount.fromEnvironment()
    let plans = try (adapters.isEmpty ? [[]] : adapters.map { [$0] }).map {
      try GenerationPlan(
        graph, adapters: $0, rows: batch, promptTokens: sequence, settings: settings,
        precision: numbers.precision, threads: threads)
    }
    try Terminal.write(
      plans.report(
        of: graph.name, names: adapters.isEmpty ? ["base"] : adapters.map(\.tunerName),
        as: output.format, isStyled: Terminal.isStyled))
    Terminal.warn(model.description.warnings.map(\.description))
  }

  private static func dropoutRate(_ text: String) throws -> Double {
    guard let rate = Double(text), (0..<1).contains(rate) else {
      throw ValidationError("'\(text)' is not a dropout rate: at least 0, below 1.")
    }
    return rate
  }

  private static func count(_ text: String) throws -> Int {
    guard let count = Int(text), 1...(1 << 24) ~= count else {
      throw ValidationError("'\(text)' is not a whole number from 1 on.")
    }
    return count
  }
}
