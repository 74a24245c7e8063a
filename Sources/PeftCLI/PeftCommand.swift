import ArgumentParser
import Peft

@main struct PeftCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "peft",
    abstract: "Describe networks, apply tuners to them, see what that costs, run and train them.",
    discussion: """
      A model is described in YAML or JSON, by the name of a bundled one, or by a checkpoint folder \
      with a config.json. Only run, train and merge need weights.

      EXAMPLES
        peft compare gpt2
        peft compare llama-3.2-3b --tuner lora:r=16 --tuner 'randlora:r=16|32'
        peft match gpt2 --tuner 'lora:target_modules=[c_attn,c_proj]'
        peft describe gpt2 --set layers=2
        peft run my-checkpoint --input batch.safetensors --output logits.safetensors
        peft train recipe.yaml
        peft bakeoff recipe.yaml --tuner lora:r=16 --tuner randlora:match
        peft merge my-checkpoint --adapter my-adapter --output merged
      """,
    version: Release.version,
    subcommands: [
      DescribeCommand.self, MatchCommand.self, CompareCommand.self, TunersCommand.self,
      RunCommand.self, PlanCommand.self, TrainCommand.self, BakeoffCommand.self,
      ExampleCommand.self, MergeCommand.self, AdapterCommand.self, TokenizeCommand.self,
    ])

  /// Parses and runs. Mistakes in the command line end with 64, as ArgumentParser has it; mistakes in
  /// what the user gave, with one message and 1.
  static func main() {
    Terminal.endQuietlyOnBrokenPipe()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      // Help, versions and the command line are ArgumentParser's to print; all else is 1 to it.
      guard exitCode(for: error) == .failure else { exit(withError: error) }
      Terminal.fail(error)
    }
  }
}
