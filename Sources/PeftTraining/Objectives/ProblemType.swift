public import TunerKit

extension TrainingRecipe {
  /// What a classifier's labels are, as `transformers` calls it.
  public struct ProblemType: RawRepresentable, Hashable, Sendable {
    public let rawValue: String

    init(_ name: String) { rawValue = name }

    /// Nil where no objective is called so.
    public init?(rawValue: String) {
      guard Self.all.contains(where: { $0.rawValue == rawValue }) else { return nil }
      self.rawValue = rawValue
    }

    /// Those of all objectives that have one.
    static var all: [ProblemType] { Objectives.all.compactMap { $0.problemType } }

    /// Whether label smoothing applies.
    var smoothsLabels: Bool {
      Objectives.all.contains { $0.problemType == self && $0.smoothsLabels }
    }
  }
}

extension TrainingRecipe.ProblemType: ConfigurationRepresentable {
  public static var choices: [String] { all.map(\.rawValue) }
  public static var expectation: String { choices.joined(separator: ", ") }

  public init?(configurationValue value: ConfigurationValue) {
    guard case .text(let text) = value else { return nil }
    self.init(rawValue: text)
  }

  public var configurationValue: ConfigurationValue { .text(rawValue) }
}
