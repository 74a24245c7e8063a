import ArgumentParser
import Peft
import PeftBasics
import PeftReports

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a model on inputs from files and write its outputs.",
    discussion: """
      Inputs are found by name: input_ids, attention_mask, token_type_ids, pixel_values, as the \
      description has them. A mask that is not given is all ones. Outputs are 32-bit floats, and the \
      same bits for any number of threads.

      EXAMPLES
        peft run my-checkpoint --input batch.safetensors --output logits.safetensors
        peft run my-checkpoint --input input_ids=ids.npy --output logits.safetensors
        peft run gpt2 --weights model.safetensors --input batch.safetensors --output out.safetensors
        peft run my-checkpoint --adapter my-adapter --input batch.safetensors --output out.safetensors
      """)

  @OptionGroup var model: ModelOptions

  @OptionGroup var weights: WeightOptions
  @OptionGroup var adapters: AdapterOptionGroup
  @OptionGroup var numbers: PrecisionOption

  @Option(
    name: .customLong("input"),
    help: ArgumentHelp(
      "A safetensors file with tensors of the inputs' names, or NAME=FILE.npy; repeat it for "
        + "several.", valueName: "file"))
  var inputs: [String]

  @Option(help: ArgumentHelp("Where to write the outputs.", valueName: "file.safetensors"))
  var output: String

  @Option(
    name: .customLong("wanted"),
    help: ArgumentHelp(
      "An output to compute; repeat it for several. All outputs by default.", valueName: "name"))
  var wanted: [String] = []

  @Option(
    help: ArgumentHelp("Run this many times, and print the time of each run.", valueName: "times"))
  var `repeat` = 1

  func validate() throws {
    guard !inputs.isEmpty else { throw ValidationError("Give at least one --input.") }
    guard `repeat` >= 1 else { throw ValidationError("--repeat takes a number from 1 on.") }
  }

  func run() throws {
    let clock = ContinuousClock()
    let start = clock.now
    let running = try adaptedModel().expecting(runs: `repeat`)
    let reading = clock.now - start
    try FileWriter.check(output, keeping: inputPaths + running.files)
    let inputs = try ModelInputs(inputs)
    Terminal.warn(running.warnings)
    let unused = inputs.unused(by: running.graph)
    for name in unused.prefix(5) {
      Terminal.note("note: \(name.shown) is ignored: the model has no such input")
    }
    if unused.count > 5 { Terminal.note("note: and \((unused.count - 5).grouped) more") }
    if `repeat` > 1 { Terminal.note("\(RunTime(reading).seconds) s to read model and adapters") }
    var outputs: [String: Tensor] = [:]
    for _ in 1...`repeat` {
      // The last run's outputs are released first, so that their memory is reused.
      outputs = [:]
      let time = try clock.measure {
        outputs = try running(inputs.tensors, outputs: wanted.isEmpty ? nil : wanted)
      }
      if `repeat` > 1 { Terminal.note("\(RunTime(time).seconds) s") }
    }
    for (name, tensor) in outputs.sorted(by: { $0.key < $1.key }) {
      let count = tensor.nonFiniteCount
      guard count > 0 else { continue }
      Terminal.warn([
        "\(count.grouped) of \(tensor.count.grouped) entries of \(name) are inf or NaN"
      ])
    }
    try SafetensorsWriter.write(outputs, to: output)
    let shapes = outputs.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.shape)" }
    Terminal.note("wrote \(output): \(shapes.joined(separator: ", "))")
  }

  private func adaptedModel() throws -> Model {
    let folders = try adapters.folders(of: model.description(), model.settings.known)
    let task = try TaskModel(
      TaskModel.Source(model, weights, adapters.reading, precision: numbers.precision),
      adapters: folders)
    Terminal.note(reading: task.adapters)
    return task.model
  }

  /// The files of the inputs, without the names before them.
  private var inputPaths: [String] {
    inputs + inputs.compactMap { $0.split(separator: "=", maxSplits: 1).last.map(String.init) }
  }
}

/// A duration as a number of seconds.
private struct RunTime {
  let seconds: String

  init(_ duration: Duration) {
    seconds = duration.inSeconds.fixed(4)
  }
}
