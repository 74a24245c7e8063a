import ModelGraph
import PeftBasics

/// What was probably meant by a name or a pattern that hits nothing.
public enum TargetHint: Hashable, Sendable, CustomStringConvertible {
  /// A name that is nearly the same and hits this many modules.
  case nearName(String, count: Int)
  /// A list holds plain names; as a pattern by itself it would hit this many modules.
  case patternInList(count: Int)
  /// Several names in one string.
  case severalNames([String], count: Int)
  /// Brackets, quotation marks or a prefix that do not belong to the name.
  case bareName(String, count: Int)
  /// A string by itself is a pattern for whole paths; as a list it would hit this many modules.
  case nameAsPattern(count: Int)
  /// The names are right, but something else decided about the modules they hit.
  case decidedOtherwise(MatchReport.Reason, path: String)

  public var description: String {
    switch self {
    case .nearName(let name, let count): "did you mean \(name.doubleQuoted) (\(modules(count)))?"
    case .patternInList(let count):
      "it looks like a regular expression, but a list holds plain names;"
        + " write it alone, outside the list (\(modules(count)))"
    case .severalNames(let names, let count):
      "it looks like several names in one string;"
        + " write [\(names.map(\.doubleQuoted).joined(separator: ", "))] (\(modules(count)))"
    case .bareName(let name, let count): "write \(name.doubleQuoted) (\(modules(count)))"
    case .nameAsPattern(let count):
      "a string alone is a regular expression for the whole path;"
        + " write a list with this name (\(modules(count)))"
    case .decidedOtherwise(let reason, let path): "\(path) is \(reason.predicate)"
    }
  }
}

extension MatchReport.Reason {
  /// The reason as what can be said after "is".
  fileprivate var predicate: String {
    switch self {
    case .noEntry, .patternDoesNotMatch: "not targeted"
    default: description
    }
  }
}

/// `1 module`, `24 modules`.
func modules(_ count: Int) -> String { count == 1 ? "1 module" : "\(count) modules" }
