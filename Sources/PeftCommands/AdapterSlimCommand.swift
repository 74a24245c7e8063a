import ArgumentParser
import Peft

struct AdapterSlimCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "slim",
    abstract: "Write an adapter without the frozen bases that its key gives again.",
    discussion: """
      Every copy of every basis is compared with what the key gives; one that differs in a single bit is \
      an error, and nothing is written. All else stays as it is. The file then says which torch drew \
      the bases, which PEFT's own files do not: PEFT under torch up to 2.11 draws others than under \
      torch from 2.12 on. peft and this library draw the right ones; peft adapter restore writes them \
      back for PEFT.

      An adapter with nothing to take out is copied. Other files of its folder stay where they are.

      EXAMPLES
        peft adapter slim my-adapter --output my-slim-adapter
        peft adapter slim my-adapter --output my-adapter
      """)

  @OptionGroup var adapter: AdapterArgument
  @OptionGroup var unknown: UnknownFieldOptions
  @OptionGroup var output: AdapterOutputOptions

  func run() throws {
    let folder = try adapter.folder(unknown)
    try output.check(of: folder)
    let written = try folder.writeSlim(to: output.output)
    Terminal.warn(written.warnings)
    output.note(written, unchanged: "there are no bases to take out")
  }
}
