import ArgumentParser
import Peft
import PeftBasics
import PeftReports

/// `MODEL` and the dimensions to set anew, for commands about one model.
struct ModelOptions: ParsableArguments {
  @Argument(help: ModelHelp.argument)
  var model: String

  @OptionGroup var settings: SettingOptions

  func description() throws -> ModelDescription { try settings.description(of: model) }
}

/// What MODEL means, in the same words everywhere.
enum ModelHelp {
  static let argument: ArgumentHelp =
    "A bundled model's name, a description's path, or a folder with a config.json."
  /// For commands that run nothing.
  static let counted: ArgumentHelp = ArgumentHelp(
    argument.abstract.dropLast()
      + "; or names and shapes alone: a safetensors file, the index of several, or the "
      + "text of PyTorch's print(model).")
}

/// `--set` and `--family`.
struct SettingOptions: ParsableArguments {
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Set a dimension of the description.", valueName: "name=value"),
    transform: DimensionSetting.init)
  var settings: [DimensionSetting] = []

  @OptionGroup var known: FamilyOptions

  func description(of model: String) throws -> ModelDescription {
    try ModelDescription(
      model, setting: settings.map { ($0.name, $0.value) }, families: known.families())
  }

  /// The graph of a model that is not run, after what is to be said about it.
  func graph(of model: String) throws -> Graph {
    let model = try CountedModel(
      model, setting: settings.map { ($0.name, $0.value) }, families: known.families())
    Terminal.warn(model.warnings)
    return model.graph
  }
}

/// `--allow-unknown-fields`.
struct UnknownFieldOptions: ParsableArguments {
  @Flag(
    help:
      "Read past fields of a model's, a tuner's or an adapter's configuration that are not known.")
  var allowUnknownFields = false
}

/// `--family`, and how strictly the configurations of models are read.
struct FamilyOptions: ParsableArguments {
  @Option(
    name: .customLong("family"),
    help: ArgumentHelp(
      "A description with a model_type and a config map: folders of that type are read with it.",
      valueName: "file"))
  var paths: [String] = []

  @OptionGroup var unknown: UnknownFieldOptions

  func families() throws -> ModelFamilies {
    try paths.reduce(Known.catalog.families) { try $0.adding(path: $1) }
      .allowingUnknownFields(unknown.allowUnknownFields)
  }

  /// All that is known, with these families.
  func catalog() throws -> TrainingCatalog {
    var catalog = Known.catalog
    catalog.families = try families()
    return catalog
  }
}

/// `layers=2`.
struct DimensionSetting {
  let name: String
  let value: String

  init(_ text: String) throws {
    guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
      throw ValidationError("'\(text)' is not 'name=value', such as layers=2.")
    }
    name = String(text[..<equals])
    value = String(text[text.index(after: equals)...])
  }
}

/// `--strict`.
struct TunerOptions: ParsableArguments {
  @Flag(help: "Make an entry of target_modules that hits no module an error.")
  var strict = false

  func request(_ text: String, _ known: FamilyOptions) throws -> TunerRequest {
    try TunerRequest(
      text, registry: Known.tuners, allowsUnknown: known.unknown.allowUnknownFields)
  }
}

extension TunerOptions {
  /// The tuners of a command that surveys all of them where none is given.
  /// - Returns: None where all are meant.
  func requests(_ texts: [String], _ known: FamilyOptions) throws -> [TunerRequest] {
    let all = "all"
    guard texts != [all] else { return [] }
    guard !texts.contains(all) else {
      throw ValidationError("'--tuner all' stands alone: it means every tuner.")
    }
    return try texts.map { try request($0, known) }
  }
}

/// `--weights` and `--threads`, for commands that need weights.
struct WeightOptions: ParsableArguments {
  @Option(
    name: .customLong("weights"),
    help: ArgumentHelp(
      "The model's weights, if not in its folder: a safetensors file, or a folder with one or with "
        + "shards.",
      valueName: "path"))
  var path: String?

  @Option(
    help: ArgumentHelp(
      "Number of threads; by default \(ThreadCount.variable), else as many as cores.",
      valueName: "number"),
    transform: numberOfThreads)
  var threads: Int?

  func threadCount() throws -> Int? { try threads ?? ThreadCount.fromEnvironment() }
}

/// `--precision`.
struct PrecisionOption: ParsableArguments {
  /// In the same words for recipes.
  static let help = ArgumentHelp(
    "f32; or bf16: the factors of matrix products are rounded to bfloat16.", valueName: "numbers")

  @Option(help: PrecisionOption.help, transform: { try Self.precision($0) })
  var precision = Precision.f32

  private static func precision(_ text: String) throws -> Precision {
    guard let precision = Precision(rawValue: text) else {
      throw ValidationError("'\(text)' is no precision; choose f32 or bf16.")
    }
    return precision
  }
}

/// What TUNER means, in the same words everywhere.
enum TunerHelp {
  static let explanation =
    "TUNER is a name (lora), a name with settings (lora:r=16,target_modules=[q_proj,v_proj]), or "
    + "the path of a configuration such as an adapter_config.json."
}

/// `500k` as a number of parameters, for options.
func parameterBudget(_ text: String) throws -> ParameterBudget {
  do { return try ParameterBudget(text) } catch { throw ValidationError("\(error)") }
}

/// A number of threads, for options.
func numberOfThreads(_ text: String) throws -> Int {
  guard let count = ThreadCount(text) else { throw ValidationError(ThreadCount.expectation) }
  return count.count
}

/// A number of hours, for options.
func numberOfHours(_ text: String) throws -> Double {
  guard let hours = Double(text), hours > 0, hours < 1e6 else {
    throw ValidationError("'\(text)' is not a number of hours, such as 8 or 0.5.")
  }
  return hours
}

/// `--format` for commands that print rows.
struct ReportOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Output format: \(names(of: ReportFormat.self)).",
      valueName: "format"),
    transform: { try choice($0) })
  var format = ReportFormat.table
}

/// One of a format's names, or an error with the one that was probably meant.
func choice<Choice: RawRepresentable & CaseIterable>(
  _ text: String, kind: String = "a format"
) throws -> Choice where Choice.RawValue == String {
  if let choice = Choice(rawValue: text.lowercased()) { return choice }
  let names = Choice.allCases.map(\.rawValue)
  throw ValidationError(
    "'\(text)' is not \(kind); "
      + (Spelling.nearest(to: text, among: names).map { "did you mean '\($0)'?" }
        ?? "choose one of \(names.joined(separator: ", "))."))
}

/// The names of all choices: `table, json, csv, markdown`.
func names<Choice: RawRepresentable & CaseIterable>(of type: Choice.Type) -> String
where Choice.RawValue == String {
  Choice.allCases.map(\.rawValue).joined(separator: ", ")
}
