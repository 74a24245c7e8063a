import ArgumentParser
import Peft
import PeftReports

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Show a recipe's data as they are trained on.",
    usage: """
      peft data <recipe> [<options>]
      peft data --model <model> --data <file> [<options>]
      """,
    discussion: """
      Prints the first examples as tokens see them, with what counts for the loss between [[ and ]], or \
      their label; then what becomes of the rows: how many are left out or truncated, and why, their \
      lengths, their classes, and how much of the batches is padding. No weights are read.

      EXAMPLES
        peft data recipe.yaml
        peft data --model my-checkpoint --data chats.jsonl --examples 10
        peft data --model my-checkpoint --data 'parts/*.csv' --labels auto --split 0.1
      """)

  @Argument(help: ArgumentHelp("A recipe's YAML or JSON file.", valueName: "recipe"))
  var path: String?

  @Option(help: ArgumentHelp("Examples to print.", valueName: "number"))
  var examples = 3

  @Option(
    help: ArgumentHelp("Rows to look at, from the first on.", valueName: "number"))
  var rows = DataPreview.usualRows

  @OptionGroup var output: ReportOptions
  @OptionGroup var options: RecipeOptions
  @OptionGroup var known: FamilyOptions

  func validate() throws {
    guard examples >= 0 else { throw ValidationError("--examples takes a number from 0 on.") }
    guard rows >= 1 else { throw ValidationError("--rows takes a number from 1 on.") }
    guard path == nil, options.overrides.isEmpty else { return }
    throw ValidationError("Say which data: give a recipe, or --model and --data.")
  }

  func run() throws {
    let preview = try DataPreview(
      recipe(), catalog: known.catalog(), exampleCount: examples, mostRows: rows)
    Terminal.warn(preview.warnings + preview.mistakes)
    let text = try preview.report(as: output.format, isStyled: Terminal.isStyled)
    if output.format == .table { try Terminal.write(text) } else { try Terminal.write(data: text) }
  }

  /// The recipe, or what flags say of one: a tuner and a folder are not needed here.
  private func recipe() throws -> TrainingRecipe {
    let overrides = options.overrides
    if let path {
      return try TrainingRecipe(path: path, overriding: overrides, catalog: Known.catalog)
    }
    let given = Set(overrides.map(\.field))
    var missing = RecipeOverride.given(["output": "."])
    if given.isDisjoint(with: ["tuner", "adapter"]), let tuner = Known.tuners.names.first {
      missing += RecipeOverride.given(["tuner": tuner])
    }
    return try TrainingRecipe(
      missing.filter { !given.contains($0.field) } + overrides, catalog: Known.catalog)
  }
}
