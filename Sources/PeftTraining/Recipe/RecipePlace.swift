import ModelDescription
import PeftAdapters
public import PeftBasics
import PeftReports
public import TunerKit

/// Where a part of a recipe was given.
enum RecipePlace {
  case file(SourceRange)
  /// A command-line flag, or whatever else replaced a field.
  case flag(String)

  var isInFile: Bool { if case .file = self { true } else { false } }

  /// Of two places the one to complain about: the later of a file, else a flag.
  static func later(_ a: RecipePlace, _ b: RecipePlace) -> RecipePlace {
    guard case .file(let first) = a, case .file(let second) = b else { return a.isInFile ? b : a }
    return first.start < second.start ? b : a
  }

  func error(_ problem: RecipeProblem) -> DescriptionError {
    switch self {
    case .file(let range): DescriptionError(problem, at: range)
    case .flag(let flag): DescriptionError(problem, at: .argument(flag))
    }
  }
}

/// One field with its value, wherever they come from.
struct RecipeEntry {
  let name: String
  let value: ConfigurationValue
  let namePlace: RecipePlace
  let place: RecipePlace

  init(_ entry: DocumentNode.Entry) {
    name = entry.key
    value = ConfigurationValue(entry.value)
    namePlace = .file(entry.keyRange)
    place = .file(entry.value.range)
  }

  init(_ name: String, _ value: ConfigurationValue, at place: RecipePlace) {
    self.name = name
    self.value = value
    namePlace = place
    self.place = place
  }
}

/// A part of a recipe as it is written: a map of fields in a file, or anything else.
enum WrittenPart {
  case fields(DocumentNode, [DocumentNode.Entry])
  case value(ConfigurationValue, RecipePlace)

  init(_ node: DocumentNode) {
    if let entries = node.entries {
      self = .fields(node, entries)
    } else {
      self = .value(ConfigurationValue(node), .file(node.range))
    }
  }

  var place: RecipePlace {
    switch self {
    case .fields(let node, _): .file(node.range)
    case .value(_, let place): place
    }
  }
}

/// A value that replaces a field of a recipe, or gives it where there is no file.
public struct RecipeOverride: Hashable, Sendable {
  /// What messages call it: `--learning-rate`.
  public let flag: String
  /// The field by its path. Those of a method and of a shape go without their name:
  /// `steps`, `data.eval`, `optimizer.learning_rate`, `schedule.warmup_steps`.
  public let field: String
  public let value: ConfigurationValue

  public init(flag: String, field: String, value: ConfigurationValue) {
    self.flag = flag
    self.field = field
    self.value = value
  }

  /// A field that the library replaces.
  static func replaced(_ field: String, by value: ConfigurationValue) -> RecipeOverride {
    RecipeOverride(flag: "recipe", field: field, value: value)
  }
}
