import ArgumentParser
import Peft
import PeftReports

struct BakeoffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bakeoff",
    abstract: "Train several tuners on the same data, and compare the results.",
    usage: """
      peft bakeoff <recipe> --tuner <tuner> --tuner <tuner> … [<options>]
      peft bakeoff --resume <folder> [--threads <number>] [--format <format>] [--html <file.html>]
      """,
    discussion: """
      The recipe is one of 'peft train'; --tuner replaces its tuner. All tuners are trained one \
      after the other, with the same batches in the same order and the same seed, each in a folder \
      in the output. \(TunerHelp.explanation) In settings, | separates alternatives, and 'match' \
      stands for the rank whose number of trainable parameters is nearest to the first tuner's; \
      alpha, where it is not given, follows from the rank.

      A comparison at one learning rate measures the rate. With --learning-rates, each tuner gets the best of \
      them: all are trained for a quarter of the steps, the better half goes on to half of them, the better half \
      of these to the end. --seeds trains the best one again with other seeds, which change initial weights, keys of \
      bases, dropout and the order of rows. What is better is the recipe's metric (early_stopping.metric), else \
      the loss. A run that diverges has lost. --retain measures what was forgotten of \
      rows that the base knew. With --hours, some steps are timed first, and \
      the runs get as many as there is time for.

      EXAMPLES
        peft bakeoff recipe.yaml --tuner lora:r=16 --tuner randlora:match
        peft bakeoff recipe.yaml --tuner lora --tuner randlora --budget 500k
        peft bakeoff recipe.yaml --tuner lora:r=16 --tuner 'randlora:r=16|32' \\
          --learning-rate lora=1e-3 --learning-rate randlora=1e-2 --output runs/two
        peft bakeoff recipe.yaml --tuner lora:r=16 --tuner randlora:match \
          --learning-rates 1e-4..1e-2 --seeds 3
        peft bakeoff recipe.yaml --tuner lora --tuner randlora --learning-rates 1e-4..1e-2 --hours 2
        peft bakeoff --resume runs/two --html two.html

      COLUMNS
        trained     trainable parameters
        rate        learning rate
        best eval   lowest loss on the evaluation data, with its accuracy
        eval loss   the same of a search: mean ± standard deviation over the seeds
        forgetting  change of the loss on the --retain data, against the base; of a classifier, the
                    Kullback-Leibler divergence of its outputs from the base's
        per step    mean time of a step, without evaluations
        memory      planned memory of the largest step, without the model's own weights
        file        the adapter's file
      """)

  @Argument(help: ArgumentHelp("A recipe's YAML or JSON file.", valueName: "recipe"))
  var path: String?

  @Option(help: ArgumentHelp("Resume the bake-off in this folder.", valueName: "folder"))
  var resume: String?

  @Option(
    name: .customLong("tuner"),
    help: ArgumentHelp("A tuner with its settings; repeat it for each tuner.", valueName: "tuner"))
  var tuners: [String] = []

  @Option(
    help: ArgumentHelp(
      "Choose ranks for about this many trainable parameters: 9M, 500k, 0.5%.",
      valueName: "parameters"),
    transform: parameterBudget)
  var budget: ParameterBudget?

  @Option(
    name: .customLong("learning-rate"),
    help: ArgumentHelp(
      "Learning rate; repeat it for single tuners: randlora=1e-2.",
      valueName: "[tuner=]rate"),
    transform: LearningRate.init)
  var rates: [LearningRate] = []

  @Option(
    help: ArgumentHelp(
      "Search each tuner's learning rate among these: 1e-4,1e-3, or 1e-4..1e-2.",
      valueName: "rates"),
    transform: LearningRates.init)
  var learningRates: LearningRates?

  @Option(help: "Runs of each tuner, each with a seed of its own.")
  var seeds: Int?

  @Option(
    help: ArgumentHelp(
      "Rows that the base knew: measures what the adapters forgot.", valueName: "file"))
  var retain: String?

  @Option(
    help: ArgumentHelp(
      "Name the tuners that no other equals or beats in these: trained, file, memory, step, loss, accuracy, forgetting.",
      valueName: "column,column"),
    transform: ParetoFront.init)
  var front: ParetoFront?

  @Option(
    help: ArgumentHelp(
      "Write a page with all curves, the front and the table, for a browser.",
      valueName: "file.html"))
  var html: String?

  @Option(help: "Optimizer steps.")
  var steps: Int?

  @Option(
    help: ArgumentHelp(
      "Hours that all runs may take together: they get fewer steps where they would take longer.",
      valueName: "hours"),
    transform: numberOfHours)
  var hours: Double?

  @OptionGroup var known: FamilyOptions
  @OptionGroup var runFlags: RunFlags
  @OptionGroup var output: ReportOptions

  func validate() throws {
    guard rates.isEmpty || learningRates == nil else {
      throw ValidationError("Give either --learning-rate or --learning-rates.")
    }
    guard seeds ?? 1 >= 1 else { throw ValidationError("--seeds takes a number from 1 on.") }
    guard resume != nil else {
      guard path != nil else { throw ValidationError("Give a recipe, or --resume a bake-off.") }
      guard !tuners.isEmpty else {
        throw ValidationError(
          "Say what to compare: --tuner lora:r=16 --tuner randlora:match.")
      }
      return
    }
    let given =
      [
        path, tuners.isEmpty ? nil : "--tuner", budget.map { _ in "--budget" },
        rates.isEmpty ? nil : "--learning-rate", learningRates.map { _ in "--learning-rates" },
        seeds.map { _ in "--seeds" }, retain.map { _ in "--retain" },
        hours.map { _ in "--hours" },
      ].compactMap { $0 } + overrides.map(\.flag)
    if let other = given.first(where: { $0 != "--threads" }) {
      throw ValidationError("--resume goes on as the bake-off was begun, without '\(other)'.")
    }
  }

  func run() throws {
    let bakeoff = try bakeoff()
    let interrupt = Interrupt()
    Terminal.warn(bakeoff.warnings)
    if resume == nil, bakeoff.search.hasManyRuns || hours != nil {
      Terminal.note(try bakeoff.cost().words)
    }
    let report = BakeoffReport(bakeoff)
    try bakeoff.run(report.show, until: { interrupt.isAsked })
    guard bakeoff.isFinished else {
      if bakeoff.search.hasManyRuns {
        Terminal.note("stopped; resume with: peft bakeoff --resume \(bakeoff.path)")
      }
      return
    }
    Terminal.note("wrote \(bakeoff.chartPath)")
    let results = try bakeoff.results()
    if let html {
      try results.page(notes: bakeoff.warnings).write(to: html)
      Terminal.note("wrote \(html)")
    }
    try Terminal.write(
      results.report(
        as: output.format, isStyled: Terminal.isStyled, frontOf: front?.columns ?? []))
  }

  private func bakeoff() throws -> Bakeoff {
    let catalog = try known.catalog()
    if let resume {
      return try Bakeoff(resuming: resume, catalog: catalog, threads: runFlags.threads)
    }
    let tuners = try tuners.map { try BakeoffTuner($0, registry: catalog.tuners) }
    // A recipe needs a tuner to be valid; the contestants' tuners replace it.
    let name = tuners.first?.name ?? ""
    let recipe = try TrainingRecipe(
      path: path ?? "",
      overriding: overrides
        + RecipeOverride.given(["tuner": name]),
      catalog: catalog)
    return try Bakeoff(
      recipe, tuners, catalog: catalog, budget: budget,
      learningRates: Dictionary(rates.compactMap(\.single)) { $1 },
      search: BakeoffSearch(learningRates: learningRates?.rates ?? [], seeds: seeds ?? 1),
      retain: retain,
      within: hours.map { 3600 * $0 })
  }

  /// What replaces fields of the recipe.
  private var overrides: [RecipeOverride] {
    let rate = rates.last { $0.tuner == nil }?.rate
    return RecipeOverride.given(["steps": steps, "optimizer.learning_rate": rate])
      + runFlags.overrides
  }
}

/// `1e-3` for all tuners, or `randlora=1e-3` for one.
struct LearningRate {
  let tuner: String?
  let rate: Double

  /// The tuner with its rate, where it is for one.
  var single: (String, Double)? { tuner.map { ($0, rate) } }

  init(_ text: String) throws {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let rate = parts.last.flatMap({ Double($0) }), rate.isFinite, rate > 0,
      parts.first?.isEmpty == false
    else { throw ValidationError("'\(text)' is not a rate, such as 1e-3 or randlora=1e-2.") }
    self.rate = rate
    tuner = parts.count == 2 ? String(parts[0]) : nil
  }
}

/// `1e-4,1e-3`, or `1e-4..1e-2`.
struct LearningRates {
  let rates: [Double]

  init(_ text: String) throws {
    guard let rates = BakeoffSearch.learningRates(in: text), rates.count > 1 else {
      throw ValidationError(
        "'\(text)' are not several rates, such as 1e-4,1e-3,1e-2 or 1e-4..1e-2.")
    }
    self.rates = rates
  }
}

/// `trained,loss`.
struct ParetoFront {
  let columns: [BakeoffColumn]

  init(_ text: String) throws {
    columns = try text.split(separator: ",", omittingEmptySubsequences: false).map {
      try choice(String($0), kind: "a column")
    }
    guard Set(columns).count == columns.count, columns.count > 1 else {
      throw ValidationError("--front takes two columns or more: trained,loss.")
    }
  }
}
