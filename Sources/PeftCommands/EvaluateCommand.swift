import ArgumentParser
import Peft
import PeftBasics
import PeftReports

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure a model and its adapters on held-out data.",
    discussion: """
      The model without adapters and with each adapter is measured on the same rows, side by side. Of \
      language models: the mean loss of all tokens that count, perplexity, and bits per byte of the \
      text. Of classifiers: accuracy, F1, Matthews correlation, and for each class precision and recall, \
      with the confusion. Of regressions: errors, R², and the correlations of Pearson and Spearman. \
      Data and templates are those of 'peft train'. A row that cannot be used is an error.

      EXAMPLES
        peft evaluate my-checkpoint --adapter runs/first/best --data test.jsonl
        peft evaluate my-checkpoint --adapter lora --adapter randlora --data test.csv \\
          --text '{title} {body}' --label topic --chart confusion.svg
        peft evaluate my-checkpoint --adapter lora --no-base --data test.jsonl --format json
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var weights: WeightOptions
  @OptionGroup var adapters: ComparedAdapterOptions
  @OptionGroup var numbers: PrecisionOption

  @Flag(name: .customLong("no-base"), help: "Leave the model without adapters out.")
  var leavesBaseOut = false

  @Option(
    help: ArgumentHelp(
      "The rows to measure: a file of data, a pattern of files, or a folder; repeat it for several.",
      valueName: "file"))
  var data: [String]

  @OptionGroup var examples: ExampleFlags
  @OptionGroup var problem: ProblemTypeOption
  @OptionGroup var batches: BatchSizeOption
  @OptionGroup var output: ReportOptions

  @Option(
    help: ArgumentHelp(
      "Draw a chart of the confusion of classes; of several models, one each.",
      valueName: "file.svg"))
  var chart: String?

  func validate() throws {
    guard !data.isEmpty else { throw ValidationError("Give at least one --data.") }
    guard !leavesBaseOut || !adapters.paths.isEmpty else {
      throw ValidationError("--no-base needs an --adapter.")
    }
    try adapters.reading.validate(with: adapters.paths)
  }

  func run() throws {
    let description = try model.description()
    let known = model.settings.known
    let folders = try adapters.reading.folders(at: adapters.paths, of: description, known)
    let comparison = try EvaluationComparison(
      source(), adapters: folders, includesBase: !leavesBaseOut,
      settings: EvaluationSettings(
        examples.settings(for: DataFiles(data)), problemType: problem.type,
        batchSize: batches.size, sequenceLength: examples.whole.sequenceLength),
      formats: Known.catalog.formats)
    let charts = try checkedCharts(of: comparison)
    Terminal.warn(comparison.warnings)
    for note in comparison.notes { Terminal.note("note: \(note)") }
    let report = try comparison.run { contestant, done, count in
      Terminal.status("\(contestant.name): \(done) of \(max(done, count)) batches")
    }
    Terminal.status("")
    warn(about: report)
    for (path, (_, chart)) in zip(charts, report.confusionCharts) {
      try chart.write(to: path)
      Terminal.note("wrote \(path)")
    }
    try Terminal.write(report.report(as: output.format, isStyled: Terminal.isStyled))
  }

  private func source() throws -> TaskModel.Source {
    try TaskModel.Source(
      model, weights, adapters.reading, precision: numbers.precision)
  }

  /// The files that charts go to: they can be written, and no file is replaced that is read.
  private func checkedCharts(of comparison: EvaluationComparison) throws -> [String] {
    guard let chart else { return [] }
    guard comparison.haveConfusion else { throw NoConfusion(task: comparison.task) }
    let names = comparison.contestants.map(\.name)
    let paths = names.count == 1 ? [chart] : names.map { chart.named($0) }
    for path in paths { try FileWriter.check(path, keeping: comparison.files) }
    return paths
  }

  /// What all models have in common is said once.
  private func warn(about report: EvaluationReport) {
    let lines = report.entries.map { (name: $0.name, lines: $0.result.warnings) }
    let shared = lines.first.map(\.lines) ?? []
    guard lines.contains(where: { $0.lines != shared }) else { return Terminal.warn(shared) }
    for (name, lines) in lines { Terminal.warn(lines.map { "\(name): \($0)" }) }
  }
}

extension EvaluationResult {
  fileprivate var warnings: [String] {
    var warnings: [String] = []
    if leftOutRows > 0 {
      warnings.append("left out \(leftOutRows.counted("row")) of which no label counts")
    }
    if cutRows > 0 {
      warnings.append("\(cutRows.counted("row")) longer than a sequence: truncated")
    }
    if !measurement.loss.isFinite { warnings.append("the loss is inf or NaN") }
    return warnings
  }
}

extension String {
  /// `confusion.svg` for one of several models: `confusion-lora.svg`.
  fileprivate func named(_ name: String) -> String {
    let name = String(name.map { $0 == "/" ? "-" : $0 })
    guard hasSuffix(".svg") else { return "\(self)-\(name)" }
    return "\(dropLast(4))-\(name).svg"
  }
}

/// A chart of classes for a model that has none.
struct NoConfusion: Diagnosis {
  let task: String

  var words: (problem: String, fix: String?) {
    ("--chart shows the confusion of classes, and the model is for \(task)", "leave --chart out")
  }
}
