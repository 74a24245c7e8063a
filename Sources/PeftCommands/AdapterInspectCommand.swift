import ArgumentParser
import Peft

struct AdapterInspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what an adapter is, what it was trained for, and where its bytes go.",
    discussion: """
      The base model is not needed. Frozen bases are compared with those that their PRNG key gives, \
      and the file's sizes with and without them are listed.

      EXAMPLES
        peft adapter inspect my-adapter
        peft adapter inspect my-adapter --format json
      """)

  @OptionGroup var adapter: AdapterArgument
  @OptionGroup var unknown: UnknownFieldOptions
  @OptionGroup var output: ReportOptions

  func run() throws {
    let inspection = try adapter.folder(unknown).inspection()
    try Terminal.write(inspection.report(as: output.format, isStyled: Terminal.isStyled))
    Terminal.warn(inspection.warnings)
  }
}
