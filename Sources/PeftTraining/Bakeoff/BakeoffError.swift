import ModelGraph
public import PeftBasics
public import PeftCheckpoints

/// Why a bake-off cannot be held.
public enum BakeoffError: Diagnosis, Hashable {
  /// The same tuner at the same setting, where there are several requests.
  case tooFew([String], same: String?)
  case nothingToMatch(String)
  case rankTwice(String, field: String)
  case noRank(String, tuner: String)
  case unknownContestant(String, known: [String])
  case holdsBakeoff(String)
  case holdsRun(String)
  case noBakeoff(String)
  case inUse(String)
  case unreadable(String)
  /// A search without evaluation data.
  case nothingToCompareBy
  case ratesTwice
  /// A search whose recipe does not say when it evaluates, nor how many steps there are.
  case noEvaluationBetween
  /// A base that cannot be measured.
  case nothingRetained
  /// Seconds that the shortest bake-off takes, and those that there are.
  case tooLittleTime(needed: Double, given: Double)

  public var words: (problem: String, fix: String?) {
    switch self {
    case .tooLittleTime(let needed, let given):
      (
        "there is no time for a bake-off: a few steps of every run take \(needed.asDuration), of "
          + "\(given.asDuration)", "give more hours, or try fewer rates, seeds or tuners"
      )
    case .tooFew(let tuners, let same):
      (
        tuners.count > 1
          ? "\(tuners.joined(separator: " and ")) are the same: \(same ?? "no settings")"
          : "a bake-off is between two tuners or more",
        "give another one: --tuner lora:r=16 --tuner randlora:match"
      )
    case .nothingToMatch(let text):
      (
        "'\(text.shortened(to: 160))' has no tuner before it to match",
        "give the tuner that it shall match first, or a number: --budget 500k"
      )
    case .rankTwice(let text, let field):
      (
        "'\(text.shortened(to: 160))' gives \(field), and has it searched for",
        "leave out one of '\(field)' and 'match'"
      )
    case .noRank(let text, let tuner):
      (
        "'\(text.shortened(to: 160))' has its rank searched for, but \(tuner) has none",
        "leave out 'match': it takes part as it is"
      )
    case .unknownContestant(let name, let known):
      (
        "a learning rate is for '\(name.shortened(to: 80))', which does not take part",
        Spelling.nearest(to: name, among: known).map { "did you mean '\($0)'?" }
          ?? "name one of \(known.joined(separator: ", "))"
      )
    case .holdsBakeoff(let path):
      (
        "\(path) holds another bake-off",
        "go on with it, 'peft bakeoff --resume \(path)', or choose another output"
      )
    case .holdsRun(let path):
      ("\(path) holds a run of 'peft train'", "choose another output")
    case .noBakeoff(let path):
      ("\(path) holds no bake-off to go on with", "give the output folder of one")
    case .inUse(let path):
      ("\(path) is in use by another run", "wait for it, or choose another output")
    case .nothingToCompareBy:
      (
        "learning rates are compared by evaluations, and the recipe has no evaluation data",
        "give it some: 'eval', or 'split', in its data"
      )
    case .ratesTwice:
      (
        "learning rates are given, and are to be searched for",
        "leave out one of --learning-rate and --learning-rates"
      )
    case .noEvaluationBetween:
      (
        "learning rates are compared in the middle of runs, and the recipe does not say when it evaluates",
        "give it eval_every, or its length in steps"
      )
    case .nothingRetained:
      (
        "what was forgotten cannot be measured: the base by itself has no weights for its head",
        "leave out --retain"
      )
    case .unreadable(let path):
      ("\(path) cannot be read: it is damaged", "start the bake-off anew in another folder")
    }
  }
}

/// A checkpoint that lacks what one tuner of a bake-off needs.
public struct BakeoffMismatch: Diagnosis, Hashable {
  /// The contestant's name.
  public let contestant: String
  public let mismatch: ParameterMismatch

  public var words: (problem: String, fix: String?) { mismatch.words }
  public var details: [String] { mismatch.details }
  public var place: DiagnosisPlace? { mismatch.place.map { .within(contestant, $0) } }
}
