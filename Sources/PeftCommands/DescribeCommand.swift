import ArgumentParser
import Peft
import PeftReports

struct DescribeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe",
    abstract: "Show a model's modules, or list the bundled models.",
    discussion: """
      With --tuner, + in the margin marks what the tuner adds. \(TunerHelp.explanation)

      EXAMPLES
        peft describe
        peft describe gpt2 --set layers=2
        peft describe gpt2 --tuner lora:r=16
        peft describe my-model.yaml --check
        peft describe my-model.yaml --format svg > my-model.svg
        peft describe --schema > model.schema.json
      """)

  @Argument(help: ModelHelp.counted)
  var model: String?

  @Option(
    help: ArgumentHelp("A tuner with its settings.", valueName: "tuner"))
  var tuner: String?

  @OptionGroup var settings: SettingOptions
  @OptionGroup var options: TunerOptions

  @Option(
    help: ArgumentHelp(
      "Of a model: \(names(of: GraphFormat.self)). Of the list: \(names(of: ReportFormat.self)).",
      valueName: "format"))
  var format: String?

  @Flag(
    help: """
      Only check a description, and say so where nothing is wrong: status 1 for mistakes and for warnings alike.
      """)
  var check = false

  @Flag(help: "List the bundled models, as without MODEL.")
  var list = false

  @Flag(
    help: "Print the JSON Schema of descriptions, for editors; with --format markdown, as tables.")
  var schema = false

  func validate() throws {
    guard [model != nil, list, schema].count(where: { $0 }) <= 1 else {
      throw ValidationError("MODEL, --list and --schema exclude each other: give one of them.")
    }
    if check {
      guard model != nil else { throw ValidationError("--check needs a MODEL.") }
      guard tuner == nil, format == nil else {
        throw ValidationError("--check excludes --tuner and --format: it prints no model.")
      }
    } else if model != nil {
      _ = try graphFormat
    } else if tuner != nil || !settings.settings.isEmpty {
      throw ValidationError("--tuner and --set need a MODEL.")
    } else if !settings.known.paths.isEmpty {
      throw ValidationError("--family needs a MODEL.")
    } else {
      _ = try reportFormat
    }
  }

  func run() throws {
    if schema {
      try Terminal.write(reportFormat == .markdown ? ModelSchema.markdown() : ModelSchema.json())
    } else if let model {
      try check ? check(model) : describe(model)
    } else {
      try Terminal.write(ModelCatalog().report(as: reportFormat, isStyled: Terminal.isStyled))
    }
  }

  /// Says what is wrong, or most likely wrong, with a description; as linters do, it fails for either.
  private func check(_ model: String) throws {
    let description = try settings.description(of: model)
    let checked = try description.checked()
    Terminal.warn(description.warnings.map(\.description))
    Terminal.warn(checked.warnings)
    let count = checked.warnings.count + description.warnings.count
    guard count == 0 else { throw ExitCode.failure }
    try Terminal.write(checked.summary + "\n")
  }

  /// Says what is most likely wrong with a description that is a file: its user wrote it.
  private func warn(of model: String) throws {
    guard model.hasSuffix(".yaml") || model.hasSuffix(".yml") || model.hasSuffix(".json"),
      let checked = try? settings.description(of: model).checked()
    else { return }
    Terminal.warn(checked.warnings)
  }

  private func describe(_ model: String) throws {
    let request = try tuner.map { try options.request($0, settings.known) }
    let graph = try settings.graph(of: model)
    try warn(of: model)
    guard let request else { return try Terminal.write(graph.text(as: graphFormat)) }
    let adapted = try AdapterPlan(graph, tuner: request.single(), isStrict: options.strict)
    try Terminal.write(adapted.graph().text(as: graphFormat, comparedWith: graph))
    if try graphFormat == .tree { try Terminal.write(adapted.summary + "\n") }
    Terminal.warn(adapted.warnings)
  }

  private var graphFormat: GraphFormat {
    get throws { try format.map { try choice($0) } ?? .tree }
  }

  private var reportFormat: ReportFormat {
    get throws { try format.map { try choice($0) } ?? .table }
  }
}
