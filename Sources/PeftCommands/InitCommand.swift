import ArgumentParser
import Peft
import PeftReports

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Write a checkpoint with random weights, to train a model of your own from.",
    discussion: """
      The new folder gets model.safetensors, and the files beside the model's config.json. Matrices and tables are \
      normal with the configuration's initializer_range as their deviation, biases are zero, the weights of norms one. \
      A recipe with target_modules: dummy-target-modules trains what its modules_to_save name, and only that.

      EXAMPLES
        peft init my-model --output my-model-0
        peft init my-model --set layers=6 --seed 1 --output deeper
      """)

  @OptionGroup var model: ModelOptions

  @Option(help: "Random seed.")
  var seed = 0

  @OptionGroup var output: OutputFolderOptions

  func validate() throws {
    guard seed >= 0 else { throw ValidationError("--seed must be 0 or more.") }
  }

  func run() throws {
    let description = try model.description()
    try output.check()
    Terminal.warn(description.warnings.map(\.description))
    let fresh = try FreshCheckpoint(description, seed: seed)
    try fresh.write(to: output.path, replacing: output.force)
    Terminal.note(
      "wrote \(output.path): \(fresh.model.graph.entryCount.grouped) parameters, seed \(seed)")
  }
}
