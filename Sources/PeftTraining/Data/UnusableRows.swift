public import PeftBasics

/// Rows of data that were left out, because something is wrong with them.
public struct UnusableRows: Sendable {
  public private(set) var count = 0
  /// What is wrong with the first of them, each with its file and line.
  public private(set) var mistakes: [AnyDiagnosis] = []

  /// Mistakes that are kept.
  private static let most = 5

  mutating func add(_ mistake: any Error) {
    count += 1
    if mistakes.count < Self.most { mistakes.append(AnyDiagnosis(mistake)) }
  }
}
