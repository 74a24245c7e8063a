import ArgumentParser
import Peft

struct MatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "match",
    abstract: "Show which modules a tuner updates, and why not the others.",
    discussion: """
      Modules of repeated layers are written as one line, with * for the layer's number, and those \
      without parameters are only counted; --all lists each. \(TunerHelp.explanation)

      EXAMPLES
        peft match gpt2 --tuner lora
        peft match gpt2 --tuner 'lora:target_modules=[c_attn,c_prj]' --strict
        peft match llama-3.2-1b --tuner my-adapter/adapter_config.json --format json
      """)

  @Argument(help: ModelHelp.counted)
  var model: String

  @OptionGroup var settings: SettingOptions

  @Option(
    help: ArgumentHelp("The tuner with its settings.", valueName: "tuner"))
  var tuner: String

  @OptionGroup var options: TunerOptions
  @OptionGroup var output: ReportOptions

  @Flag(help: "List every module separately.")
  var all = false

  func run() throws {
    let request = try options.request(tuner, settings.known)
    let matched = try AdapterPlan(
      settings.graph(of: model), tuner: request.single(), isStrict: options.strict)
    try Terminal.write(
      matched.matchReport(as: output.format, listsAll: all, isStyled: Terminal.isStyled))
    Terminal.warn(matched.warnings)
  }
}
