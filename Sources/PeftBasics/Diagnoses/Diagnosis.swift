/// A mistake that a user can make and put right: what is wrong, what to do about it, and where.
///
/// ```swift
/// struct RankTooLarge: Diagnosis {
///   let rank: Int
///   let largest: Int
///
///   var words: (problem: String, fix: String?) {
///     ("r is \(rank), and the weight has \(largest) rows", "choose an r of \(largest) at most")
///   }
/// }
/// ```
/// A diagnosis is data until it is shown: no type writes a `description` of its own, and nothing reads
/// one. The command puts "error:" before the problem.
public protocol Diagnosis: Error, CustomStringConvertible {
  /// What is wrong, in one sentence without a full stop: what was found, and what was expected. Then
  /// what the user can do about it; nil where that is all there is to say.
  var words: (problem: String, fix: String?) { get }
  /// Lines between the two, such as everything that is missing. None by default.
  var details: [String] { get }
  /// Where it is; nil, the default, where it has no place.
  var place: DiagnosisPlace? { get }
}

extension Diagnosis {
  public var details: [String] { [] }
  public var place: DiagnosisPlace? { nil }

  public var problem: String { words.problem }
  public var fix: String? { words.fix }

  /// All of it as text, without the word "error".
  public var description: String { DiagnosisText(self).text }

  /// The problem with its place before it, for a sentence of another diagnosis.
  package var summary: String { (place.map { "\($0): " } ?? "") + problem }
}

/// Any error as a diagnosis, kept as data: what one diagnosis says about another.
public struct AnyDiagnosis: Diagnosis, Hashable {
  public let words: (problem: String, fix: String?)
  public let details: [String]
  public let place: DiagnosisPlace?

  /// Of several mistakes it says the first, and how many more there are. An error that is no diagnosis
  /// has its own text as the problem.
  public init(_ error: any Error) {
    switch error {
    case let diagnosis as any Diagnosis:
      (words, details, place) = (diagnosis.words, diagnosis.details, diagnosis.place)
    case let list as any DiagnosisList where !list.diagnoses.isEmpty:
      let first = list.diagnoses[0]
      (words, place) = (first.words, first.place)
      details = first.details + DiagnosisText.rest(list.diagnoses.count - 1)
    default: (words, details, place) = (("\(error)", nil), [], nil)
    }
  }

  package init(problem: String, fix: String? = nil, at place: DiagnosisPlace? = nil) {
    (words, details, self.place) = ((problem, fix), [], place)
  }

  public static func == (a: AnyDiagnosis, b: AnyDiagnosis) -> Bool {
    a.words == b.words && a.details == b.details && a.place == b.place
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(problem)
    hasher.combine(fix)
    hasher.combine(details)
    hasher.combine(place)
  }
}
