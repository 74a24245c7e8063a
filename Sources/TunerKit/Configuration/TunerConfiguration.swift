public import OrderedCollections

/// What a user can choose about a tuner: the fields of one `adapter_config.json`.
public protocol TunerConfiguration: Hashable, Sendable {
  /// The tuner this configures.
  associatedtype Method: Tuner where Method.Configuration == Self

  /// Every field at its default.
  init()

  /// The tuner's own fields; those that all tuners have are added by the library.
  static var ownFields: [ConfigurationField<Self>] { get }

  /// The setting that trades size for quality, usually `r`; none unless the tuner says so.
  static var rankSetting: RankSetting<Self> { get }

  /// What updates are multiplied by, usually `alpha`; none unless the tuner says so.
  static var scaleSetting: ScaleSetting<Self> { get }

  /// The fields about frozen bases that come from a key; none unless the tuner says so.
  static var basisSettings: BasisSettings { get }

  /// What all tuners have: targets, biases, saved modules, origin.
  var options: AdapterOptions { get set }

  /// Checks what no single field can tell: fields that contradict each other.
  func validate() throws

  /// What the user should know about an adapter of this configuration that was trained before, such as the
  /// base that it takes; nothing unless the tuner says so.
  var loadedWarnings: [String] { get }
}

extension TunerConfiguration {
  public static var rankSetting: RankSetting<Self> { .none }
  public static var scaleSetting: ScaleSetting<Self> { .none }
  public static var basisSettings: BasisSettings { .none }
  public func validate() throws {}
  public var loadedWarnings: [String] { [] }

  /// All fields of the configuration file, in alphabetical order. Where a tuner declares a field
  /// that all tuners have, its own counts.
  public static var fields: [ConfigurationField<Self>] {
    let own = Set(ownFields.map(\.name))
    let common = AdapterOptions.fields.filter { !own.contains($0.name) }
    return (ownFields + common.map { $0.lifted(into: \.options) }).sorted { $0.name < $1.name }
  }

  /// Checks a configuration however it was made: every field by itself, then all together.
  /// - Throws: `ConfigurationErrors` with every mistake there is, or what `validate()` throws.
  public func check() throws {
    // Not by way of `fields`, which makes and sorts a list: every adapter is checked when it is made.
    let own = Self.ownFields
    var errors = own.compactMap { $0.mistake(inTunerConfiguration: self) }
    for field in AdapterOptions.fields {
      guard let error = field.mistake(inTunerConfiguration: options),
        !own.contains(where: { $0.name == field.name })
      else { continue }
      errors.append(error)
    }
    errors.sort { ($0.field ?? "") < ($1.field ?? "") }
    guard errors.isEmpty else { throw ConfigurationErrors(errors) }
    try validate()
  }

  /// Reads a configuration.
  /// - Parameters:
  ///   - values: Fields by their names in files. `peft_type` is not looked at.
  ///   - allowsUnknown: Whether a field that is not known may have a value. Without one it is
  ///     always let pass: that is how a newer version's unused fields look.
  /// - Throws: `ConfigurationErrors` with every mistake there is, or what `validate()` throws.
  public init(
    _ values: OrderedDictionary<String, ConfigurationValue>, allowsUnknown: Bool = false
  ) throws {
    self.init()
    var errors: [ConfigurationError] = []
    let fields = Dictionary(Self.fields.map { ($0.name, $0) }) { first, _ in first }
    // More mistakes than this would not help the reader.
    for (name, value) in values where name != "peft_type" && errors.count < 100 {
      do throws(ConfigurationError) {
        if let field = fields[name] {
          let value = value == .null ? field.whereNull ?? value : value
          try field.read(value, &self)
          if let error = field.excess(of: value) { throw error }
        } else if !value.isNeutral, !allowsUnknown {
          throw .unknownField(
            name, value: value, tuner: Method.name.lowercased(), known: fields.keys.sorted())
        }
      } catch {
        errors.append(error)
      }
    }
    guard errors.isEmpty else { throw ConfigurationErrors(errors) }
    try validate()
  }

  /// All fields by their names in files, `peft_type` among them.
  public var values: OrderedDictionary<String, ConfigurationValue> {
    var result: OrderedDictionary<String, ConfigurationValue> = [:]
    for field in Self.fields
    where options.targets.excludeModules != nil || Self.hasInFile(field.name) {
      result[field.name] = field.write(self)
    }
    result["peft_type"] = .text(Method.name)
    result.sort { $0.key < $1.key }
    return result
  }

  /// Whether PEFT's file has a field, whatever it says.
  package static func hasInFile(_ field: String) -> Bool {
    field != AdapterOptions.exclusionField || ownFields.contains { $0.name == field }
  }

  /// The fields that differ from their defaults, by their names in files.
  public var changedValues: OrderedDictionary<String, ConfigurationValue> {
    let defaults = Self().values
    return values.filter { defaults[$0.key] != $0.value }
  }
}
