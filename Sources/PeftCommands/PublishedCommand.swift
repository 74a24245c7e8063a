import ArgumentParser
import Peft
import PeftReports

struct PublishedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "published",
    abstract: "Recount the figures that PEFT and the RandLoRA paper have published.",
    discussion: """
      Every setting of PEFT's method comparison and every one that the paper names is counted here, from its \
      configuration and the model's shapes, and shown beside the published figure. A setting of a tuner or a field that \
      is not known here says so.

      EXAMPLES
        peft published
        peft published --format csv
      """)

  @OptionGroup var output: ReportOptions

  func run() throws {
    let figures = try PublishedFigures(registry: Known.tuners)
    try Terminal.write(figures.report(as: output.format, isStyled: Terminal.isStyled))
  }
}
