import ArgumentParser
import Peft

struct ExampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "example",
    abstract: "Run an experiment that needs no download, and keep all its files.",
    subcommands: [ShiftExampleCommand.self])
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

  @Option(help: ArgumentHelp("The folder to write to.", valueName: "folder"))
  var output: String

  @Option(help: ArgumentHelp("Number of threads.", valueName: "number"))
  var threads: Int?

  func run() throws {
    let example = try ShiftExample(
      in: output, registry: Known.tuners, threads: threads)
    try example.run { shift, event in
      guard case .training(let contestant, .step(let record)) = event else { return }
      Terminal.status(
        "\(shift): \(contestant.name) step \(record.step) loss \(record.loss.fixed(4))")
    }
    Terminal.status("")
    try Terminal.write(example.table().text(isStyled: Terminal.isStyled))
    Terminal.note("wrote \(example.chartPath)")
  }
}
