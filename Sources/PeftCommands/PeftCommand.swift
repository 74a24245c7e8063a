import ArgumentParser
public import Peft

/// The command `peft`, with what its catalog has: tuners, optimizers, schedules, formats of rows of text. A
/// command of your own is a program that depends on `PeftCommands`:
///
///     import MyParts
///     import Peft
///     import PeftCommands
///
///     var catalog = TrainingCatalog.standard
///     try catalog.tuners.register(MyTuner.self)
///     try catalog.methods.register(MyOptimizer.self)
///     try catalog.formats.register(MyFormat())
///     PeftCommand(catalog: catalog).run()
public struct PeftCommand: Sendable {
  private let catalog: TrainingCatalog

  /// - Parameter catalog: What every subcommand knows.
  public init(catalog: TrainingCatalog) { self.catalog = catalog }

  /// - Parameters:
  ///   - registry: The tuners that every subcommand knows.
  ///   - methods: The optimizers and schedules that every subcommand knows.
  public init(registry: TunerRegistry, methods: TrainingMethods = .standard) {
    self.init(catalog: TrainingCatalog(tuners: registry, methods: methods))
  }

  /// Parses and runs. Mistakes in the command line end the process with 64, as ArgumentParser has it;
  /// mistakes in what the user gave, with one message and 1.
  /// - Parameter arguments: What stands after the command's name; the process's own where nil.
  public func run(_ arguments: [String]? = nil) {
    Terminal.endQuietlyOnBrokenPipe()
    UnreadableMemory.endWithMessage()
    Known.$catalog.withValue(catalog) {
      do { try RootCommand.perform(arguments) } catch {
        // Help, versions and the command line are ArgumentParser's to print; all else is 1 to it.
        guard RootCommand.exitCode(for: error) == .failure, !(error is ExitCode) else {
          RootCommand.exit(withError: error)
        }
        Terminal.fail(error)
      }
    }
  }
}

/// What `peft` is to ArgumentParser.
struct RootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "peft",
    abstract:
      "Describe networks, apply tuners to them, see what that costs, train, measure and use them.",
    discussion: """
      A model is described in YAML or JSON, by the name of a bundled one, or by a checkpoint folder \
      with a config.json. Only what runs, trains or merges a model needs weights.

      EXAMPLES
        peft compare gpt2
        peft compare llama-3.2-3b --tuner lora:r=16 --tuner 'randlora:r=16|32'
        peft match gpt2 --tuner 'lora:target_modules=[c_attn,c_proj]'
        peft describe gpt2 --set layers=2
        peft run my-checkpoint --input batch.safetensors --output logits.safetensors
        peft train recipe.yaml
        peft bakeoff recipe.yaml --tuner lora:r=16 --tuner randlora:match
        peft evaluate my-checkpoint --adapter my-adapter --data test.jsonl
        peft predict my-checkpoint --adapter my-adapter --file rows.csv
        peft generate my-checkpoint --adapter my-adapter --prompt 'Once upon a time'
        peft merge my-checkpoint --adapter my-adapter --output merged
      """,
    version: Release.version,
    groupedSubcommands: [
      CommandGroup(
        name: "Describe and count",
        subcommands: [
          DescribeCommand.self, MatchCommand.self, CompareCommand.self, PublishedCommand.self,
          TunersCommand.self,
          ExampleCommand.self,
        ]),
      CommandGroup(
        name: "Train",
        subcommands: [
          InitCommand.self, DataCommand.self, PlanCommand.self, FitCommand.self,
          TrainCommand.self,
          BakeoffCommand.self,
        ]),
      CommandGroup(
        name: "Use and measure",
        subcommands: [
          EvaluateCommand.self, PredictCommand.self, EmbedCommand.self, GenerateCommand.self,
          ChatCommand.self, RunCommand.self,
          TokenizeCommand.self,
        ]),
      CommandGroup(
        name: "Adapters in files", subcommands: [MergeCommand.self, AdapterCommand.self]),
    ])

  /// Parses and runs with the tuners that are known.
  static func perform(_ arguments: [String]?) throws {
    var command = try parseAsRoot(arguments)
    try command.run()
  }
}
