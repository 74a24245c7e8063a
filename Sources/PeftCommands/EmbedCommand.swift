import ArgumentParser
import Peft
import PeftBasics
import PeftReports

struct EmbedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "embed",
    abstract: "Compute sentence vectors with an encoder.",
    discussion: """
      A sentence's vector is the mean of its tokens' last hidden states, or the state of the first token. \
      What modules.json and the files beside it in the model's folder say counts, as in \
      sentence-transformers; without them it is the mean, not normalised. Texts and files are those \
      of 'peft predict'. Vectors are written to a .npy or .safetensors file (there as 'vectors'), or \
      as a JSON list of the rows with a field 'vector' each.

      EXAMPLES
        peft embed my-encoder 'fixed a crash' 'a crash was fixed'
        peft embed my-encoder --adapter my-adapter --file rows.csv --output vectors.npy
        peft embed my-encoder --pooling cls --normalize --output vectors.safetensors < lines.txt
      """)

  @OptionGroup var model: ModelOptions

  @Argument(help: "The texts.")
  var texts: [String] = []

  @OptionGroup var rows: RowOptions
  @OptionGroup var weights: WeightOptions
  @OptionGroup var adapters: AdapterOptionGroup
  @OptionGroup var numbers: PrecisionOption
  @OptionGroup var templates: TextFlags
  @OptionGroup var batches: BatchSizeOption

  @Option(
    help: ArgumentHelp("mean of all tokens, or cls, the first.", valueName: "mean|cls"),
    transform: { try Self.pooling($0) })
  var pooling: SentenceSettings.Pooling?

  @Flag(inversion: .prefixedNo, help: "Scale vectors to the length 1.")
  var normalize: Bool?

  @Option(
    help: ArgumentHelp("A .npy or .safetensors file to write, atomically.", valueName: "file"))
  var output: String?

  private static func pooling(_ text: String) throws -> SentenceSettings.Pooling {
    guard let pooling = SentenceSettings.Pooling(rawValue: text) else {
      throw ValidationError("'\(text)' is no pooling; choose mean or cls.")
    }
    return pooling
  }

  func validate() throws {
    try rows.validate(with: texts)
    guard let output, !output.hasSuffix(".npy"), !output.hasSuffix(".safetensors") else { return }
    throw ValidationError("--output takes a file that ends in .npy or .safetensors.")
  }

  func run() throws {
    let folders = try adapters.folders(of: model.description(), model.settings.known)
    let task = try TaskModel(
      TaskModel.Source(model, weights, adapters.reading, precision: numbers.precision),
      adapters: folders)
    if let output { try FileWriter.check(output, keeping: task.model.files + rows.paths) }
    let embedder = try RowEmbedder(
      task, called: model.model, of: rows.input(texts), settings: settings(task),
      data: templates.settings, batchSize: batches.size,
      sequenceLength: templates.sequenceLength, formats: Known.catalog.formats)
    Terminal.warn(task.model.warnings + embedder.warnings)
    Terminal.note(reading: task.adapters)
    guard let output else {
      return try RowOutput(nil, count: embedder.rowCount).write { watch, write in
        try embedder.writeJSON(watch: watch, to: write)
      }
    }
    try embedder.write(to: output) { RowOutput.show($0, of: embedder.rowCount) }
    Terminal.status("")
    Terminal.note("wrote \(output): [\(embedder.rowCount), \(embedder.width)]")
  }

  private func settings(_ task: TaskModel) throws -> SentenceSettings {
    var settings =
      try task.description.checkpointFolder.map { try SentenceSettings(folder: $0) }
      ?? SentenceSettings()
    if let pooling { settings.pooling = pooling }
    if let normalize { settings.normalizes = normalize }
    return settings
  }
}
