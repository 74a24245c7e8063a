import ArgumentParser
import Peft
import PeftReports

struct ExampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "example",
    abstract: "Run an experiment that needs no download, and keep all its files.",
    subcommands: [ShiftExampleCommand.self, SparseExampleCommand.self])
}

struct ShiftExampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shift",
    abstract: "Compare LoRA and RandLora on weight changes of low and of full rank.",
    discussion: """
      One layer's weights change by a matrix of rank 4, by one of full rank whose singular values \
      are all equal, and by a Gaussian one. LoRA and RandLora learn the change from inputs and \
      outputs, with the same number of trainable parameters. The folder gets the layer, the data, a \
      recipe for each change, the runs, and a chart, shift.svg. It takes less than a minute.

      EXAMPLES
        peft example shift --output shift
        peft train shift/even/recipe.yaml --tuner 'lora:r=64,target_modules=[layer]' --output 64
      """)

  @OptionGroup var options: ExampleOptions

  func run() throws {
    let example = try ShiftExample(
      in: options.output, registry: Known.tuners, threads: options.threads)
    try example.run { options.show($0, $1) }
    try options.finish(example.table(), chart: example.chartPath)
  }
}

struct SparseExampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sparse",
    abstract: "Compare RandLora's dense, sparse and very sparse bases.",
    discussion: """
      One layer's weights change by a matrix of full rank, and RandLora learns it with bases of each \
      kind, at three ranks. The table shows the loss, the bases in memory, and the FLOPs and additions \
      of a step. The folder gets the layer, the data, a recipe for each rank, the runs, and a chart, \
      sparse.svg. It takes less than a minute.

      EXAMPLES
        peft example sparse --output sparse
      """)

  @OptionGroup var options: ExampleOptions

  func run() throws {
    let example = try SparseExample(
      in: options.output, registry: Known.tuners, threads: options.threads)
    try example.run { options.show("r = \($0)", $1) }
    try options.finish(example.table(), chart: example.chartPath)
  }
}

/// What all examples take, and how they show what happens.
struct ExampleOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The folder to write to.", valueName: "folder"))
  var output: String

  @Option(help: ArgumentHelp("Number of threads.", valueName: "number"))
  var threads: Int?

  func show(_ part: String, _ event: Bakeoff.Event) {
    guard case .training(let contestant, .step(let record)) = event else { return }
    Terminal.status(
      "\(part): \(contestant.name) step \(record.step) loss \(record.loss.fixed(4))")
  }

  func finish(_ table: Table, chart: String) throws {
    Terminal.status("")
    try Terminal.write(table.text(isStyled: Terminal.isStyled))
    Terminal.note("wrote \(chart)")
  }
}
