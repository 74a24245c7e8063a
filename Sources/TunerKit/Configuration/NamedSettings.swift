// Settings whose meaning the library has to know: rank, scale, key. A tuner names them beside its fields;
// each type has a `none` for a tuner without.

/// The setting that trades a tuner's size for its quality, usually `r`.
public struct RankSetting<Configuration: Sendable>: Sendable {
  typealias Property = WritableKeyPath<Configuration, Int> & Sendable

  let setting: (field: String, property: Property)?

  public init(_ field: String, _ property: WritableKeyPath<Configuration, Int> & Sendable) {
    setting = (field, property)
  }

  private init() { setting = nil }

  /// Nothing in the configuration is a rank.
  public static var none: RankSetting { RankSetting() }
}

/// The setting that a tuner's updates are multiplied by, usually `alpha`.
public struct ScaleSetting<Configuration: Sendable>: Sendable {
  typealias Property = WritableKeyPath<Configuration, Double> & Sendable
  /// What it is at another rank.
  public typealias Rule = @Sendable (_ configuration: Configuration, _ rank: Int) -> Double

  let setting: (field: String, property: Property, atRank: Rule)?

  /// - Parameter rule: What it is at another rank, where it was not set. It stays as it is where left
  ///   out.
  public init(
    _ field: String, _ property: WritableKeyPath<Configuration, Double> & Sendable,
    atRank rule: Rule? = nil
  ) {
    setting = (field, property, rule ?? { configuration, _ in configuration[keyPath: property] })
  }

  private init() { setting = nil }

  /// Nothing in the configuration is a scale.
  public static var none: ScaleSetting { ScaleSetting() }
}

/// The fields of a tuner whose bases come from a key.
public struct BasisSettings: Hashable, Sendable {
  /// The field that holds the key.
  package let key: String?
  /// The field that says whether bases are saved with the adapter.
  package let isSaved: String?

  /// - Parameters:
  ///   - key: The field that holds the key.
  ///   - isSaved: The field that says whether bases are saved with the adapter.
  public init(key: String, isSaved: String) {
    self.key = key
    self.isSaved = isSaved
  }

  private init() { (key, isSaved) = (nil, nil) }

  /// Nothing in the configuration is about bases.
  public static let none = BasisSettings()
}

extension TunerConfiguration {
  /// The rank, or what else trades size for quality; nil for a tuner without one.
  public var rank: Int? { Self.rankSetting.setting.map { self[keyPath: $0.property] } }

  /// The name of its field.
  package var rankField: String? { Self.rankSetting.setting?.field }

  /// The same configuration at another rank; as it is where the tuner has none.
  package func ranked(_ rank: Int) -> Self {
    guard let setting = Self.rankSetting.setting else { return self }
    var other = self
    other[keyPath: setting.property] = rank
    return other
  }

  /// The same configuration at another rank, with the scale that the tuner has there unless it was set.
  package func scaled(toRank rank: Int) -> Self {
    var other = ranked(rank)
    guard let scale = Self.scaleSetting.setting,
      self[keyPath: scale.property] == Self()[keyPath: scale.property]
    else { return other }
    other[keyPath: scale.property] = scale.atRank(self, rank)
    return other
  }

  /// What updates are multiplied by, and the name of its field.
  package var scale: (field: String, value: Double)? {
    Self.scaleSetting.setting.map { ($0.field, self[keyPath: $0.property]) }
  }

  /// The fields about bases.
  package var basisSettings: BasisSettings { Self.basisSettings }

  /// What the configuration says about saving frozen bases; nil where it has no such field.
  package var savesBases: Bool? {
    Self.basisSettings.isSaved.map { values[$0] == .bool(true) }
  }
}
