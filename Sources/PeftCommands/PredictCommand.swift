import ArgumentParser
import Peft
import PeftBasics
import PeftReports

struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Predict classes, labels, numbers or masked words.",
    discussion: """
      Texts are given as words of the command line, as a file, or one a line on standard input. Files \
      are those of 'peft train' with rows of text; images are pixel_values in a .npy or .safetensors \
      file. Adapters are summed, as in 'peft run'. Rows stay in their order and keep their fields: CSV \
      and TSV become CSV with the columns prediction and probability, JSON becomes an object a line. \
      On a terminal a table is printed. CSV and tables have the fields of the first row.

      EXAMPLES
        peft predict my-checkpoint --adapter my-adapter 'fixed a crash' 'permission is granted'
        peft predict my-checkpoint --adapter my-adapter --file rows.csv --output predicted.csv
        peft predict my-checkpoint --file rows.jsonl --text '{title} {body}' --probabilities
        peft predict my-masked-model 'the capital of France is [MASK]' --top 3
        peft predict my-image-model --file pixels.npy --format json
      """)

  @OptionGroup var model: ModelOptions

  @Argument(help: "The texts.")
  var texts: [String] = []

  @OptionGroup var rows: RowOptions
  @OptionGroup var weights: WeightOptions
  @OptionGroup var adapters: AdapterOptionGroup
  @OptionGroup var numbers: PrecisionOption
  @OptionGroup var templates: TextFlags
  @OptionGroup var problem: ProblemTypeOption
  @OptionGroup var batches: BatchSizeOption

  @Option(
    help: ArgumentHelp(
      "Tell this many answers, the most likely first; by default the best, or 5 for each mask.",
      valueName: "number"))
  var top: Int?

  @Option(
    help: ArgumentHelp(
      "The least probability of a label, where a row may have several.", valueName: "probability"))
  var threshold = 0.5

  @Flag(help: "Tell the probability of every class: p_NAME in CSV.")
  var probabilities = false

  @Option(
    help: ArgumentHelp(
      "Output format: \(names(of: PredictionFormat.self)); by default that of the file.",
      valueName: "format"),
    transform: { try choice($0) })
  var format: PredictionFormat?

  @Option(help: ArgumentHelp("The file to write, atomically.", valueName: "file"))
  var output: String?

  func validate() throws {
    try rows.validate(with: texts)
    guard top.map({ $0 >= 1 }) ?? true else {
      throw ValidationError("--top takes a number from 1 on.")
    }
    guard 0...1 ~= threshold else {
      throw ValidationError("--threshold takes a number from 0 to 1.")
    }
  }

  func run() throws {
    let folders = try adapters.folders(of: model.description(), model.settings.known)
    let task = try TaskModel(
      TaskModel.Source(model, weights, adapters.reading, precision: numbers.precision),
      adapters: folders)
    if let output { try FileWriter.check(output, keeping: task.model.files + rows.paths) }
    let predictor = try RowPredictor(
      task, called: model.model, of: rows.input(texts),
      settings: PredictionSettings(
        templates.settings, problemType: problem.type, batchSize: batches.size,
        sequenceLength: templates.sequenceLength, top: top, threshold: threshold),
      formats: Known.catalog.formats)
    Terminal.warn(task.model.warnings + predictor.warnings)
    Terminal.note(reading: task.adapters)
    try RowOutput(output, count: predictor.rowCount).write { watch, write in
      try predictor.write(
        as: usedFormat, tellsProbabilities: probabilities,
        isStyled: output == nil && Terminal.isStyled, watch: watch, to: write)
    }
    if predictor.nonFiniteRows > 0 {
      Terminal.warn([
        "the outputs of \(predictor.nonFiniteRows.counted("row")) are inf or NaN"
      ])
    }
  }

  /// What is asked for; on a terminal a table, else what the rows or the output are.
  private var usedFormat: PredictionFormat {
    if let format { return format }
    if let output, let format = PredictionFormat(ofRows: output) {
      return format
    }
    guard output != nil || !Terminal.isShown else { return .table }
    return rows.file.flatMap { PredictionFormat(ofRows: $0) }.map { $0 == .json ? .jsonl : $0 }
      ?? .table
  }
}
