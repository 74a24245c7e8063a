public import PeftCheckpoints

/// A checkpoint that lacks what one tuner of a bake-off needs.
public struct BakeoffMismatch: Error, Hashable, Sendable, CustomStringConvertible {
  /// The contestant's name.
  public let contestant: String
  public let mismatch: ParameterMismatch

  public var description: String { "\(contestant): \(mismatch)" }
}
