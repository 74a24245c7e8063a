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
    abstract: "See what RandLora is for: weights that moved, in few directions or in all.",
    discussion: """
      One layer's weights move by a matrix of rank 4, by one of full rank in which all directions \
      are alike, and by one of random numbers. LoRA and RandLora learn it from inputs and outputs, \
      with the same number of trained parameters. The folder gets the layer, the data, a recipe for \
      each shift, the runs, and a picture, shift.svg. It takes less than a minute.

      EXAMPLES
        peft example shift --output shift
        peft train shift/even/recipe.yaml --tuner 'lora:r=64,target_modules=[layer]' --output 64
      """)

  @Option(help: ArgumentHelp("The folder to write to.", valueName: "folder"))
  var output: String

  @Option(help: ArgumentHelp("Threads to compute with.", valueName: "number"))
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
