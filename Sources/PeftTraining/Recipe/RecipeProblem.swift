import ModelDescription
import ModelGraph
import PeftAdapters
import PeftBasics
import TunerKit

/// What can be wrong with a recipe.
enum RecipeProblem: Diagnosis, Equatable {
  /// A field's value is of another kind, or out of its range.
  case value(ConfigurationError)
  case unknownChoice(field: String, found: String, expected: String, known: [String])
  case unknownField(String, section: String, known: [String], elsewhere: String?)
  case notAMap(String, found: String)
  case unknownName(part: String, found: String, known: [String])
  case unnamed(part: String, known: [String], example: String)
  case severalNames(part: String, names: [String])
  case inline(part: String, problem: String, example: String)
  case missing(field: String, meaning: String, example: String)
  case both(String, String, reason: String)
  case warmupTooLong(steps: Int, total: Int)
  case smoothingWithoutClasses(TrainingRecipe.ProblemType)
  case nothingToEvaluate
  /// Early stopping without what it follows.
  case neverEvaluated(hasData: Bool, isTimed: Bool)
  /// What another part of the library says.
  case other(AnyDiagnosis)

  /// A field's mistake; a misspelled word gets the nearest one of its choices.
  init<Value>(_ error: ConfigurationError, in field: ConfigurationField<Value>) {
    if case .wrongKind(_, _, .text(let found)) = error, !field.choices.isEmpty {
      self = .unknownChoice(
        field: field.name, found: found, expected: field.expectation, known: field.choices)
    } else {
      self = .value(error)
    }
  }

  var words: (problem: String, fix: String?) { (message, remedy) }

  var details: [String] { if case .other(let cause) = self { cause.details } else { [] } }

  private var message: String {
    switch self {
    case .value(let error): error.problem
    case .unknownChoice(let field, let found, let expected, _):
      "\(field) must be \(expected), not '\(found.inMessage)'"
    case .unknownField(let name, let section, _, _): "\(section) has no field '\(name.inMessage)'"
    case .notAMap(let what, let found): "\(what) must be a map of fields, not \(found)"
    case .unknownName(let part, let found, _): "no \(part) is called '\(found.inMessage)'"
    case .unnamed(let part, _, _): "the \(part) is not named"
    case .severalNames(let part, let names):
      "one \(part) is expected, but \(names.count) are named: "
        + names.prefix(5).map(\.inMessage).joined(separator: ", ")
    case .inline(_, let problem, _): problem
    case .missing(let field, let meaning, _): "\(field) is missing: \(meaning)"
    case .both(let first, let second, let reason):
      "\(first) and \(second) are both given, but \(reason)"
    case .warmupTooLong(let steps, let total):
      "the warm-up of \(steps) steps is longer than the run of \(total)"
    case .smoothingWithoutClasses(let type):
      "label_smoothing spreads a label over classes, which \(type.rawValue) does not do"
    case .nothingToEvaluate: "eval_every is given, but there is no evaluation data"
    case .neverEvaluated(let hasData, let isTimed):
      "early_stopping compares evaluations, but there is "
        + [hasData ? nil : "no evaluation data", isTimed ? nil : "no eval_every"]
        .compactMap { $0 }.joined(separator: " and ")
    case .other(let cause): cause.summary
    }
  }

  private var remedy: String? {
    switch self {
    case .value(let error): return error.fix
    case .unknownChoice(_, let found, _, let known):
      return Self.nearest(found, known) ?? "choose one of them"
    case .unknownField(_, _, _, let elsewhere?): return elsewhere
    case .unknownField(let name, _, let known, nil), .unknownName(_, let name, let known):
      return Self.nearest(name, known) ?? "choose one of \(known.joined(separator: ", "))"
    case .notAMap: return "write 'field: value' on lines of their own, or {field: value, …}"
    case .unnamed(_, let known, let example):
      return "write \(example), or another of \(known.joined(separator: ", "))"
    case .severalNames: return "keep one of them"
    case .inline(_, _, let example): return "write \(example)"
    case .missing(let field, _, let example): return "write \(example), or give --\(field)"
    case .both(let first, let second, _): return "keep \(first) or \(second), and remove the other"
    case .warmupTooLong(_, let total): return "choose at most \(total) steps, or train longer"
    case .smoothingWithoutClasses: return "set label_smoothing to 0"
    case .nothingToEvaluate: return "give data an 'eval: eval.jsonl', or remove eval_every"
    case .neverEvaluated(let hasData, let isTimed):
      let missing = [
        hasData ? nil : "give data an 'eval: eval.jsonl'",
        isTimed ? nil : "write 'eval_every: 100' for evaluations every 100 steps",
      ]
      return missing.compactMap { $0 }.joined(separator: " and ") + ", or remove early_stopping"
    case .other(let cause): return cause.fix
    }
  }

  private static func nearest(_ word: String, _ known: [String]) -> String? {
    Spelling.nearest(to: word, among: known).map { "did you mean '\($0)'?" }
  }
}
