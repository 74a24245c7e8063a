import ModelGraph
public import PeftBasics

/// A mistake in a tuner's configuration: which field, what is wrong, how to put it right.
public enum ConfigurationError: Diagnosis, Hashable {
  case unknownField(String, value: ConfigurationValue, tuner: String, known: [String])
  case wrongKind(field: String, expected: String, found: ConfigurationValue)
  case broken(field: String, value: ConfigurationValue, rule: String)
  case unsupported(field: String, value: ConfigurationValue, neutral: ConfigurationValue)
  case contradiction(fields: [String], problem: String, fix: String)
  case notAMap(ConfigurationValue)
  case noTunerNamed(known: [String])
  case modelConfiguration
  case otherProgram(OtherAdapterFormat)

  /// The field to look at first, where there is one.
  public var field: String? {
    switch self {
    case .unknownField(let field, _, _, _), .wrongKind(let field, _, _),
      .broken(let field, _, _), .unsupported(let field, _, _):
      field
    case .contradiction(let fields, _, _): fields.first
    case .notAMap, .noTunerNamed, .modelConfiguration, .otherProgram: nil
    }
  }

  public var words: (problem: String, fix: String?) {
    switch self {
    case .unknownField(let field, let value, let tuner, let known):
      (
        "\(tuner) has no field '\(field)' (found \(value.shortened))",
        Self.meant(by: field, among: known).map { "did you mean '\($0)'?" }
          ?? "remove it, or allow unknown fields if a newer version wrote it"
      )
    case .wrongKind(let field, let expected, let found):
      ("\(field) must be \(expected), not \(found.shortened)", "give \(field) \(expected)")
    case .broken(let field, let value, let rule):
      (
        "\(field) \(rule), not \(value.shortened)",
        "choose a value for \(field) that \(rule.asCondition)"
      )
    case .unsupported(let field, let value, let neutral):
      ("\(field): \(value.shortened) is not supported", "leave \(field) at \(neutral)")
    case .contradiction(_, let problem, let fix): (problem, fix)
    case .notAMap(let found):
      (
        "a tuner's configuration is a map of fields, not \(found.kindName)",
        "write it as 'r: 16' or {\"r\": 16}"
      )
    case .noTunerNamed(let known):
      (
        "the configuration does not say which tuner it is for",
        "add peft_type: one of \(known.joined(separator: ", "))"
      )
    case .otherProgram(let format):
      ("this is an adapter of \(format.program)'s, not one of PEFT's", format.fix)
    case .modelConfiguration:
      (
        "this is a model's configuration, not an adapter's",
        "choose the adapter_config.json in the adapter's folder"
      )
    }
  }

  /// The field nearest in spelling, or the only one that ends with the word: `my_alpha` for `alpha`.
  private static func meant(by word: String, among known: [String]) -> String? {
    if let near = Spelling.nearest(to: word, among: known) { return near }
    let longer = known.filter { $0.hasSuffix("_\(word)") }
    return longer.count == 1 ? longer.first : nil
  }
}

extension ConfigurationValue {
  /// The value as one line that fits a message.
  fileprivate var shortened: String { description.shown(upTo: 100) }
}

extension String {
  /// "must be at least 1" as it reads after "that".
  fileprivate var asCondition: String {
    hasPrefix("must be ") ? "is " + dropFirst("must be ".count) : self
  }
}

/// All mistakes of one configuration.
public typealias ConfigurationErrors = Diagnoses<ConfigurationError>
