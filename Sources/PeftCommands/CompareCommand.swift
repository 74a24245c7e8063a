import ArgumentParser
import Peft
import PeftReports

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare what tuners cost on models: parameters, files, memory, rank.",
    discussion: """
      Without --tuner, or with '--tuner all', every tuner is compared at a few settings of its own, on the model \
      family's default target modules. \(TunerHelp.explanation) In settings, | separates alternatives, each \
      with a row.

      EXAMPLES
        peft compare gpt2
        peft compare llama-3.2-3b qwen2-1.5b --tuner 'lora:r=8|16'
        peft compare gpt2 --tuner lora --tuner randlora --budget 1M
        peft compare gpt2 --tuner lora:r=16 --tuner randlora --match
        peft compare gpt2 --modules --chart ranks.svg
        peft compare gpt2 llama-3.2-3b --tuner all --html budgets.html
        peft compare model.safetensors --tuner lora:target_modules=all-linear

      COLUMNS
        trained      trainable parameters
        of all       their share of all parameters, as PEFT prints it
        file         the adapter's file without its frozen bases
        with bases   the same with the bases stored once
        PEFT's file  as PEFT 0.21.2 writes it, bases repeated for every module
        in memory    the bases, where some are packed because all their entries are −s, 0 and s
        AdamW        the optimizer's two moments, as 32-bit floats
        update rank  the highest rank that any module's update can have
      """)

  @Argument(help: ArgumentHelp(ModelHelp.counted.abstract, valueName: "model"))
  var models: [String]

  @Option(
    name: .customLong("tuner"),
    help: ArgumentHelp("A tuner with its settings; repeat it for several.", valueName: "tuner"))
  var tuners: [String] = []

  @OptionGroup var settings: SettingOptions
  @OptionGroup var options: TunerOptions
  @OptionGroup var output: ReportOptions

  @Flag(help: "Break every row down by module.")
  var modules = false

  @Option(
    help: ArgumentHelp(
      "Choose ranks for about this many trainable parameters: 9M, 500k, 0.5%.",
      valueName: "parameters"),
    transform: parameterBudget)
  var budget: ParameterBudget?

  @Flag(help: "Choose ranks for as many trainable parameters as the first tuner has.")
  var match = false

  @Option(
    help: ArgumentHelp("Draw a chart of trainable parameters against rank.", valueName: "file.svg"))
  var chart: String?

  @Option(
    help: ArgumentHelp(
      "Write a page to explore budgets in a browser, with all ranks.", valueName: "file.html"))
  var html: String?

  func validate() throws {
    guard budget == nil || !match else {
      throw ValidationError("--budget and --match both choose the rank: give one of them.")
    }
  }

  func run() throws {
    let requests = try options.requests(tuners, settings.known)
    let graphs = try models.map(settings.graph)
    let ranks: Comparison.Ranks =
      budget.map { .nearest(to: $0) } ?? (match ? .matchingFirst : .asGiven)
    let comparison =
      requests.isEmpty
      ? try Comparison(
        graphs, surveying: Known.tuners, ranks: ranks, isStrict: options.strict)
      : try Comparison(graphs, requests, ranks: ranks, isStrict: options.strict)
    if let chart {
      try comparison.chart().write(to: chart)
      Terminal.note("wrote \(chart)")
    }
    if let html {
      let words = "the peak of training on 1 × 128 tokens with AdamW in 32 bits"
      let page = try BudgetExplorer(comparison).page(memory: (words, Self.trainingMemory)) {
        Terminal.status("counting all ranks: \($0) of \($1)")
      }
      Terminal.status("")
      try page.write(to: html)
      Terminal.note("wrote \(html)")
    }
    try Terminal.write(
      comparison.report(
        as: output.format, showsModules: modules, isStyled: Terminal.isStyled))
    Terminal.warn(comparison.warnings)
    for note in comparison.notes { Terminal.note("note: \(note)") }
  }

  /// What training takes on the page; unknown for what cannot be trained.
  private static func trainingMemory(_ tuner: any TunerConfiguration, _ graph: Graph) -> Int? {
    let batch = TrainingPlan.Batch(rows: 1, sequence: min(128, graph.positionLimit ?? 128))
    return try? TrainingPlan(tuner, on: graph, batch: batch).peakBytes
  }
}
