import ArgumentParser
import Peft

struct AdapterRestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Write an adapter with its frozen bases in the file, for any release of PEFT.",
    discussion: """
      The bases that 'peft adapter slim' removed are drawn again from their PRNG key, bit for bit. A \
      file that PEFT wrote without bases records neither which torch drew them nor their shapes: give \
      --torch-bases and --model. Bases that are in the file are written as --projection says.

      EXAMPLES
        peft adapter restore my-slim-adapter --output my-adapter
        peft adapter restore peft-adapter --model gpt2 --torch-bases newer --output my-adapter
      """)

  @OptionGroup var adapter: AdapterArgument
  @OptionGroup var output: AdapterOutputOptions

  @Option(
    help: ArgumentHelp(
      "How often the bases are written: shared, once for the model; per-module, once more for "
        + "every module, as PEFT 0.21 does.", valueName: "copies"),
    transform: { try projection($0) })
  var projection = AdapterContents.Projection.shared

  @OptionGroup var bases: TorchBasesOption

  @Option(
    help: ArgumentHelp(
      "The base model, where the file does not say which shapes the bases have. "
        + ModelHelp.argument.abstract, valueName: "model"))
  var model: String?

  @OptionGroup var settings: SettingOptions

  func validate() throws {
    guard model == nil else { return }
    guard settings.settings.isEmpty else { throw ValidationError("--set needs a --model.") }
    guard settings.known.paths.isEmpty else {
      throw ValidationError("--family needs a --model.")
    }
  }

  func run() throws {
    let graph = try model.map(settings.graph)
    let folder = try adapter.folder(settings.known.unknown)
    try output.check(of: folder)
    let written = try folder.writeRestored(
      to: output.output, projection: projection, generation: bases.generation, on: graph,
      replacing: output.replaces(folder))
    Terminal.warn(written.warnings)
    output.note(written, unchanged: "this tuner has no bases")
  }

  private static func projection(_ text: String) throws -> AdapterContents.Projection {
    let choices = AdapterContents.Projection.allCases.filter { $0 != .none }
    guard let choice = choices.first(where: { $0.rawValue == text.lowercased() }) else {
      throw ValidationError(
        "'\(text)' is not a number of copies; choose one of "
          + "\(choices.map(\.rawValue).joined(separator: ", ")).")
    }
    return choice
  }
}
