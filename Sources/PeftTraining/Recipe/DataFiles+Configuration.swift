public import TunerKit

extension DataFiles: ConfigurationRepresentable {
  public static var expectation: String { "a path, or a list of paths" }

  public init?(configurationValue value: ConfigurationValue) {
    if let path = String(configurationValue: value) {
      self.init([path])
    } else if let paths = [String](configurationValue: value) {
      self.init(paths)
    } else {
      return nil
    }
  }

  /// One path stands for itself.
  public var configurationValue: ConfigurationValue {
    paths.count == 1 ? paths[0].configurationValue : paths.configurationValue
  }
}

extension FieldRule where Value == DataFiles {
  /// At least one path, and none that is empty.
  static let filled = FieldRule(all: DataFiles.expectation) {
    !$0.paths.isEmpty && $0.paths.allSatisfy { !$0.isEmpty }
  }
}
