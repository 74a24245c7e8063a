/// One field of a tuner's configuration: its name in files, where it is kept, what it accepts.
///
/// From the list of them a configuration is read, written, checked and explained.
public struct ConfigurationField<Configuration: Sendable>: Sendable {
  /// The name in files and on command lines, PEFT's: `target_modules`.
  public let name: String
  /// One line of explanation.
  public let summary: String
  /// What it accepts, in words.
  public let expectation: String
  /// The words that it accepts, where it is a choice among some.
  package let choices: [String]
  /// Whether the tuner implements it; otherwise it accepts one value, which changes nothing.
  public let isSupported: Bool
  /// Whether it accepts any value, because none has an effect.
  package let isWithoutEffect: Bool
  /// What null stands for in a file; nil where it is a value of its own, or a mistake.
  let whereNull: ConfigurationValue?
  /// Whether it is a map whose keys are patterns for the paths of adapted modules.
  package let hasPatterns: Bool
  /// Whether whole numbers in it may be multiplied with sizes, and so are limited.
  private let isBounded: Bool
  package let read:
    @Sendable (ConfigurationValue, inout Configuration) throws(ConfigurationError) -> Void
  package let write: @Sendable (Configuration) -> ConfigurationValue

  /// What is wrong with the field in a configuration that was not read but put together.
  package func mistake(in configuration: Configuration) -> ConfigurationError? {
    var copy = configuration
    let value = write(configuration)
    do { try read(value, &copy) } catch { return error }
    return nil
  }

  /// The same for a tuner's field, whose whole numbers may be too large to be multiplied with sizes.
  func mistake(inTunerConfiguration configuration: Configuration) -> ConfigurationError? {
    mistake(in: configuration) ?? excess(of: write(configuration))
  }

  /// What is wrong with a whole number in a tuner's field that is too large to be multiplied with
  /// sizes.
  func excess(of value: ConfigurationValue) -> ConfigurationError? {
    let limit = Site.largestSize
    guard isBounded, let number = value.wholeNumbers.first(where: { $0.magnitude > limit }) else {
      return nil
    }
    return .broken(
      field: name, value: value,
      rule: number > 0 ? "must be at most \(limit)" : "must be at least \(-limit)")
  }

  /// A field that is kept in a property.
  /// - Parameters:
  ///   - rule: What a value must fulfil beyond its type.
  ///   - hasPatterns: Whether it is a map whose keys are patterns for the paths of adapted modules.
  ///   - isBounded: Whether whole numbers in a tuner's field are refused beyond `Site.largestSize`,
  ///     so that the tuner may multiply them with sizes. False for a seed.
  public init<Value: ConfigurationRepresentable>(
    _ name: String, _ property: WritableKeyPath<Configuration, Value> & Sendable,
    _ summary: String, rule: FieldRule<Value> = .any, hasPatterns: Bool = false,
    isBounded: Bool = true
  ) {
    self.name = name
    self.summary = summary
    expectation =
      rule.expectation ?? Value.expectation + (rule.requirement.map { ", \($0)" } ?? "")
    choices = Value.choices
    isSupported = true
    isWithoutEffect = false
    whereNull = Value.whereNull?.configurationValue
    self.hasPatterns = hasPatterns
    self.isBounded = isBounded
    read = { (value, configuration) throws(ConfigurationError) in
      guard let converted = Value(configurationValue: value) else {
        throw .wrongKind(field: name, expected: Value.expectation, found: value)
      }
      if let broken = rule.problem(converted) {
        throw .broken(field: name, value: value, rule: broken)
      }
      configuration[keyPath: property] = converted
    }
    write = { $0[keyPath: property].configurationValue }
  }

  /// A field of PEFT's that this tuner does not implement: accepted at its neutral value, which is
  /// also what is written, and refused by name at any other.
  public static func unsupported(
    _ name: String, neutral: ConfigurationValue, _ summary: String
  ) -> Self {
    Self(name: name, summary: summary, neutral: neutral)
  }

  /// A field of PEFT's that changes nothing as long as others are left at their neutral values: accepted
  /// at any value.
  public static func withoutEffect(
    _ name: String, usual: ConfigurationValue, _ summary: String
  ) -> Self {
    Self(name: name, summary: summary, neutral: usual, isWithoutEffect: true)
  }

  /// The same field of a configuration that holds this one in a property.
  func lifted<Outer>(
    into property: WritableKeyPath<Outer, Configuration> & Sendable
  ) -> ConfigurationField<Outer> {
    lifted(from: { $0[keyPath: property] }, into: { $0[keyPath: property] = $1 })
  }

  /// The same field of something that holds the configuration.
  package func lifted<Outer>(
    from get: @escaping @Sendable (Outer) -> Configuration,
    into set: @escaping @Sendable (inout Outer, Configuration) -> Void
  ) -> ConfigurationField<Outer> {
    ConfigurationField<Outer>(
      name: name, summary: summary, expectation: expectation, choices: choices,
      isSupported: isSupported, isWithoutEffect: isWithoutEffect, whereNull: whereNull,
      hasPatterns: hasPatterns, isBounded: isBounded,
      read: { (value, outer) throws(ConfigurationError) in
        var configuration = get(outer)
        try read(value, &configuration)
        set(&outer, configuration)
      },
      write: { write(get($0)) })
  }

  private init(
    name: String, summary: String, expectation: String, choices: [String], isSupported: Bool,
    isWithoutEffect: Bool, whereNull: ConfigurationValue?, hasPatterns: Bool, isBounded: Bool,
    read:
      @escaping @Sendable (ConfigurationValue, inout Configuration) throws(ConfigurationError)
      -> Void,
    write: @escaping @Sendable (Configuration) -> ConfigurationValue
  ) {
    self.name = name
    self.summary = summary
    self.expectation = expectation
    self.choices = choices
    self.isSupported = isSupported
    self.isWithoutEffect = isWithoutEffect
    self.whereNull = whereNull
    self.hasPatterns = hasPatterns
    self.isBounded = isBounded
    self.read = read
    self.write = write
  }

  private init(
    name: String, summary: String, neutral: ConfigurationValue, isWithoutEffect: Bool = false
  ) {
    self.name = name
    self.summary = summary
    expectation = isWithoutEffect ? "any value, without effect" : "only \(neutral)"
    choices = []
    isSupported = false
    self.isWithoutEffect = isWithoutEffect
    whereNull = nil
    hasPatterns = false
    isBounded = false
    read = { (value, _) throws(ConfigurationError) in
      let isNeutral = value == neutral || value.isNeutral && neutral.isNeutral
      guard isNeutral || isWithoutEffect else {
        throw .unsupported(field: name, value: value, neutral: neutral)
      }
    }
    write = { _ in neutral }
  }
}

extension ConfigurationValue {
  /// All whole numbers in it.
  fileprivate var wholeNumbers: [Int] {
    switch self {
    case .integer(let number): [number]
    case .list(let list): list.flatMap(\.wholeNumbers)
    case .map(let map): map.values.flatMap(\.wholeNumbers)
    case .null, .bool, .number, .numeral, .text: []
    }
  }
}
