import ArgumentParser
import Peft

struct TunersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tuners",
    abstract: "List the tuners, or explain one tuner's settings.",
    discussion: """
      EXAMPLES
        peft tuners
        peft tuners randlora
      """)

  @Argument(help: "The tuner to explain.")
  var name: String?

  @OptionGroup var output: ReportOptions

  func run() throws {
    let help = TunerHelpPages(Known.tuners)
    try Terminal.write(
      name.map { try help.fields(ofTuner: $0, as: output.format, isStyled: Terminal.isStyled) }
        ?? help.list(as: output.format, isStyled: Terminal.isStyled))
  }
}
