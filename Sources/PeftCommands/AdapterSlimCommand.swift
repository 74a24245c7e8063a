import ArgumentParser
import Peft

struct AdapterSlimCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "slim",
    abstract: "Write an adapter without its frozen bases, which its PRNG key gives again.",
    discussion: """
      Every copy of every basis is compared with the one that the key gives. If a single bit differs, \
      that is an error and nothing is written. All other tensors stay as they are. The file then \
      records which torch drew the bases, which PEFT's own files do not: torch up to 2.11 draws other \
      bases from a key than torch from 2.12 on. This command and the library draw the right ones; \
      'peft adapter restore' writes them back for PEFT.

      An adapter without bases is copied. Other files of its folder stay where they are.

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
    let written = try folder.writeSlim(
      to: output.output, replacing: output.replaces(folder))
    Terminal.warn(written.warnings)
    output.note(written, unchanged: "there are no bases to take out")
  }
}
