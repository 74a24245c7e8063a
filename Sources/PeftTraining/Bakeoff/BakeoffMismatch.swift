public import PeftBasics
public import PeftCheckpoints

/// A checkpoint that lacks what one tuner of a bake-off needs.
public struct BakeoffMismatch: Diagnosis, Hashable {
  /// The contestant's name.
  public let contestant: String
  public let mismatch: ParameterMismatch

  public var words: (problem: String, fix: String?) { mismatch.words }
  public var details: [String] { mismatch.details }
  public var place: DiagnosisPlace? { mismatch.place.map { .within(contestant, $0) } }
}
