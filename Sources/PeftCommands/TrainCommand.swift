import ArgumentParser
import Peft
import PeftBasics

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train an adapter by a recipe.",
    usage: """
      peft train <recipe> [<options>]
      peft train --model <model> --tuner <tuner> --data <file> --output <folder> [<options>]
      peft train --resume <folder> [--threads <number>]
      peft train --fields
      """,
    discussion: """
      A recipe is a YAML or JSON file. Flags replace its fields, or make a recipe by themselves. \
      \(TunerHelp.explanation) Paths are relative to the working directory. The folder of a run gets \
      the recipe, the adapter, a log, a chart of the loss, and a state to resume from. Progress lines show \
      the mean loss of the steps since the line before; log.jsonl has the loss and the seconds of every step.

      EXAMPLES
        peft train recipe.yaml
        peft train recipe.yaml --steps 100 --learning-rate 2e-4 --output runs/two
        peft train recipe.yaml --tuner randlora:r=32 --optimizer sgd:momentum=0.9
        peft train --model my-checkpoint --tuner lora:r=16 --data train.jsonl \\
          --text '{question} {answer}' --epochs 3 --output runs/first
        peft train --resume runs/first

      A RECIPE
      \(RecipeHelp.example.indented)

      'peft train --fields' explains every field.
      """)

  @Argument(help: ArgumentHelp("A recipe's YAML or JSON file.", valueName: "recipe"))
  var path: String?

  @Option(help: ArgumentHelp("Resume the run in this folder.", valueName: "folder"))
  var resume: String?

  @Flag(help: "Print every field of a recipe, with its default and its meaning.")
  var fields = false

  @OptionGroup var options: RecipeOptions
  @OptionGroup var known: FamilyOptions

  func validate() throws {
    let given = (path.map { [$0] } ?? []) + options.overrides.map(\.flag)
    if fields, let other = given.first ?? resume {
      throw ValidationError("--fields goes without '\(other)'.")
    }
    if resume != nil, let other = given.first(where: { $0 != "--threads" }) {
      throw ValidationError("--resume goes on as the run was begun, without '\(other)'.")
    }
    guard given.isEmpty, resume == nil, !fields else { return }
    throw ValidationError(
      """
      Say what to train: give a recipe, a file such as

      \(RecipeHelp.shortExample.indented)

      or the same as flags. 'peft train --fields' explains every field.
      """)
  }

  func run() throws {
    guard !fields else {
      let table = RecipeHelp.fields(Known.catalog)
      return try Terminal.write(table.text(isStyled: Terminal.isStyled))
    }
    let trainer = try trainer()
    let interrupt = Interrupt()
    Terminal.warn(trainer.warnings)
    let report = TrainingReport(trainer)
    report.begin()
    let summary = try trainer.run(report.show, until: { interrupt.isAsked })
    report.end(summary)
  }

  private func trainer() throws -> Trainer {
    if let resume {
      return try Trainer(
        resuming: resume, catalog: known.catalog(), threads: options.run.threads)
    }
    return try Trainer(recipe(), catalog: known.catalog())
  }

  /// The recipe that the command line stands for.
  func recipe() throws -> TrainingRecipe {
    guard let path else { return try TrainingRecipe(options.overrides, catalog: Known.catalog) }
    return try TrainingRecipe(path: path, overriding: options.overrides, catalog: Known.catalog)
  }
}

extension String {
  /// The text with every line moved to the right.
  fileprivate var indented: String {
    split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }
      .joined(separator: "\n")
  }
}
