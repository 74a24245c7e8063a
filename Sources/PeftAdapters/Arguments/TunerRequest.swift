import OrderedCollections
public import PeftBasics
public import TunerKit

/// A tuner with one or more settings, as a user names it on a command line or in a file.
///
/// - `lora`: all settings at their defaults
/// - `lora:r=16,lora_alpha=32`
/// - `randlora:r=8|16|32,target_modules=[q_proj,v_proj]`: three settings, one for each `r`
/// - a path to a YAML or JSON configuration, such as an `adapter_config.json`
public struct TunerRequest: Sendable {
  /// As the user wrote it.
  public let text: String
  /// One or more configurations.
  public let variants: [any TunerConfiguration]

  /// - Parameters:
  ///   - registry: The tuners that can be named.
  ///   - allowsUnknown: Whether a file's fields that are not known may have values.
  /// - Throws: `TunerRequestError`, several of them for settings, or `DescriptionErrors` about a file.
  public init(
    _ text: String, registry: TunerRegistry, allowsUnknown: Bool = false
  ) throws {
    self.text = text
    if let colon = text.firstIndex(of: ":"), !text[..<colon].contains("/") {
      let name = String(text[..<colon])
      let settings = try InlineSettings(text[text.index(after: colon)...], of: text)
      variants = try settings.combinations.map {
        try Self.configuration(
          registry.tuner(named: name), $0, from: text, allowsUnknown: allowsUnknown)
      }
    } else if ConfigurationFile.isMeant(by: text) {
      let file = try ConfigurationFile(path: text)
      variants = [try file.configuration(from: registry, allowsUnknown: allowsUnknown)]
    } else {
      let tuner = try registry.tuner(named: text)
      variants = [try Self.configuration(tuner, [:], from: text, allowsUnknown: false)]
    }
  }

  /// The configuration, where there is just one.
  /// - Throws: `TunerRequestError.severalVariants`.
  public func single() throws(TunerRequestError) -> any TunerConfiguration {
    guard let only = variants.first, variants.count == 1 else {
      throw .severalVariants(text, count: variants.count)
    }
    return only
  }

  private static func configuration<Method: Tuner>(
    _ tuner: Method.Type, _ values: OrderedDictionary<String, ConfigurationValue>,
    from text: String, allowsUnknown: Bool
  ) throws -> any TunerConfiguration {
    do {
      return try Method.Configuration(values, allowsUnknown: allowsUnknown)
    } catch let error as ConfigurationErrors {
      throw Diagnoses(error.errors.map { TunerRequestError.badSetting(text, $0) })
    }
  }
}

/// A tuner that was named in a way that cannot be understood.
public enum TunerRequestError: Diagnosis, Hashable {
  case syntax(String, problem: String)
  case badSetting(String, ConfigurationError)
  case tooManyVariants(String, count: Int, limit: Int)
  case severalVariants(String, count: Int)

  public var words: (problem: String, fix: String?) {
    switch self {
    case .syntax(let text, let problem):
      (
        "'\(text.shortened(to: 160))': \(problem)",
        "write it as 'lora:r=16,target_modules=[q_proj,v_proj]'"
      )
    case .badSetting(let text, let error):
      ("'\(text.shortened(to: 160))': \(error.problem)", error.fix)
    case .tooManyVariants(let text, let count, let limit):
      (
        "'\(text.shortened(to: 160))' stands for \(count) settings, more than \(limit)",
        "leave out some alternatives"
      )
    case .severalVariants(let text, let count):
      (
        "'\(text.shortened(to: 160))' stands for \(count) settings, but one is needed here",
        "choose one of the alternatives that | separates, or put quotes around the value"
      )
    }
  }
}
