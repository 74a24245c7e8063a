public struct TargetSelection: Hashable, Sendable {
  public init() {}
  public var targetModules: Targets?
  public var excludeModules: [String]?
  public var layersToTransform: [Int]?
  public var layersPattern: [String]?
  public var modulesToSave: [String]?
  public var taskType: String?
  public func validateLayerSettings() throws(ConfigurationErrors) {}
}
public struct Targets: Hashable, Sendable, ConfigurationRepresentable {
  public static let expectation = ""
  public init?(configurationValue: ConfigurationValue) {}
  public var configurationValue: ConfigurationValue { .null }
}
public struct PatternTable<T>: Sendable { 
  public init(_ a: some Sendable, field: String) throws {}
  public func warnings(for: [String]) throws -> [String] { [] }
  public func value(for: String) throws -> T? { nil }
}
