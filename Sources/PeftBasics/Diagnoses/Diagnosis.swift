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
  private let what: String
  private let remedy: String?
  public let details: [String]
  public let place: DiagnosisPlace?

  public var words: (problem: String, fix: String?) { (what, remedy) }

  /// Of several mistakes it says the first, and how many more there are. An error that is no diagnosis
  /// has its own text as the problem.
  package init(_ error: any Error) {
    switch error {
    case let diagnosis as any Diagnosis: self.init(diagnosis, details: diagnosis.details)
    case let list as any DiagnosisList where !list.diagnoses.isEmpty:
      let first = list.diagnoses[0]
      self.init(first, details: first.details + DiagnosisText.rest(list.diagnoses.count - 1))
    default: self.init(problem: "\(error)")
    }
  }

  package init(problem: String, fix: String? = nil, at place: DiagnosisPlace? = nil) {
    (what, remedy, details, self.place) = (problem, fix, [], place)
  }

  private init(_ diagnosis: any Diagnosis, details: [String]) {
    (what, remedy) = diagnosis.words
    (self.details, place) = (details, diagnosis.place)
  }
}
