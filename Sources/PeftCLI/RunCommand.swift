import ArgumentParser
import Peft

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a model on inputs from files and write its outputs.",
    discussion: """
      Inputs are found by name: input_ids, attention_mask, token_type_ids, pixel_values, as the \
      description has them. Masks that are left out count every position. Outputs are 32-bit floats. \
      The numbers do not depend on how many threads compute them.

      EXAMPLES
        peft run my-checkpoint --input batch.safetensors --output logits.safetensors
        peft run my-checkpoint --input input_ids=ids.npy --output logits.safetensors
        peft run gpt2 --weights model.safetensors --input batch.safetensors --output out.safetensors
        peft run my-checkpoint --adapter my-adapter --input batch.safetensors --output out.safetensors
      """)

  @OptionGroup var model: ModelOptions

  @Option(
    help: ArgumentHelp(
      "A safetensors file, or a folder with one or with shards, instead of the model's own.",
      valueName: "path"))
  var weights: String?

  @Option(
    name: .customLong("adapter"),
    help: ArgumentHelp("An adapter's folder, as PEFT saves it.", valueName: "folder"))
  var adapters: [String] = []

  @Flag(
    help: "Draw RandLora's bases, where the adapter's file has none, as torch up to 2.11 did.")
  var oldBases = false

  @Flag(help: "Ignore fields of the adapter's configuration that are not known.")
  var allowUnknownFields = false

  @Option(
    name: .customLong("input"),
    help: ArgumentHelp(
      "A safetensors file with tensors of the inputs' names, or NAME=FILE.npy; give it again for "
        + "more.", valueName: "file"))
  var inputs: [String]

  @Option(help: ArgumentHelp("Where to write the outputs.", valueName: "file.safetensors"))
  var output: String

  @Option(
    name: .customLong("wanted"),
    help: ArgumentHelp(
      "An output to compute; give it again for more. All where none is given.", valueName: "name"))
  var wanted: [String] = []

  @Option(
    help: ArgumentHelp(
      "Threads to run on: \(ThreadCount.variable) where not given, else as many as cores.",
      valueName: "number"),
    transform: threadCount)
  var threads: Int?

  @Option(help: ArgumentHelp("Run as often, and print the time of each.", valueName: "times"))
  var `repeat` = 1

  func validate() throws {
    guard !inputs.isEmpty else { throw ValidationError("Give at least one --input.") }
    guard adapters.count <= 1 else { throw ValidationError("Give one --adapter at most.") }
    guard adapter != nil || !(oldBases || allowUnknownFields) else {
      throw ValidationError("--old-bases and --allow-unknown-fields need an --adapter.")
    }
    guard `repeat` >= 1 else { throw ValidationError("--repeat takes a number from 1 on.") }
  }

  private var adapter: String? { adapters.first }

  func run() throws {
    let base = try Model(
      model.description(), weights: weights,
      threads: threads ?? ThreadCount.fromEnvironment())
    let running =
      try adapter.map {
        try AdapterFolder($0, allowsUnknown: allowUnknownFields)
          .applied(to: base, generation: oldBases ? .bfloat16 : .current)
      } ?? base
    try FileWriter.check(output, keeping: inputPaths + running.files)
    let inputs = try ModelInputs(inputs)
    Terminal.warn(running.warnings)
    for name in inputs.unused(by: running.graph) {
      Terminal.note("note: \(name.shown) is left aside: the model does not take it")
    }
    var outputs: [String: Tensor] = [:]
    for _ in 1...`repeat` {
      // Results of the last run are given back first, so that their memory serves again.
      outputs = [:]
      let clock = ContinuousClock()
      let time = try clock.measure {
        outputs = try running(inputs.tensors, outputs: wanted.isEmpty ? nil : wanted)
      }
      if `repeat` > 1 { Terminal.note("\(RunTime(time).seconds) s") }
    }
    try SafetensorsWriter.write(outputs, to: output)
    let shapes = outputs.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.shape)" }
    Terminal.note("wrote \(output): \(shapes.joined(separator: ", "))")
  }

  /// The files of the inputs, without the names before them.
  private var inputPaths: [String] {
    inputs + inputs.compactMap { $0.split(separator: "=", maxSplits: 1).last.map(String.init) }
  }

  private static func threadCount(_ text: String) throws -> Int {
    guard let count = ThreadCount(text) else { throw ValidationError(ThreadCount.expectation) }
    return count.count
  }
}

/// A duration as a number of seconds.
private struct RunTime {
  let seconds: String

  init(_ duration: Duration) {
    let (whole, fraction) = duration.components
    seconds = (Double(whole) + Double(fraction) * 1e-18).fixed(4)
  }
}
