import ModelDescription
import PeftAdapters
import PeftBasics
import PeftReports
import TunerKit

/// A recipe as it is written: what each field says, where it says so, and every mistake. Once all is
/// read, `finished()` makes the recipe of it.
struct RecipeDraft {
  var recipe = TrainingRecipe(
    model: "", start: .adapter(""), data: DataSettings(train: ""), output: "")
  /// Where fields were given, by their paths. What is null counts as not given.
  var places: [String: RecipePlace] = [:]
  let catalog: TrainingCatalog
  private(set) var errors: [DescriptionError] = []
  /// Parts of which a field cannot be used: what they are as a whole is not known.
  private(set) var damagedParts: Set<String> = []
  /// The recipe as a whole, for what is missing in it; nil where flags are all there is.
  private var root: SourceRange?
  /// Whether anything can be said to be missing.
  private var isReadable = true

  /// Fields of which one rules out the other, and why.
  private static let exclusive = [
    ("steps", "epochs", "each says how long the run is"),
    ("tuner", "adapter", "an adapter is made by its tuner already"),
    ("schedule.warmup_steps", "schedule.warmup_ratio", "each says how long the warm-up is"),
  ]

  /// - Parameter catalog: What can be named.
  init(_ catalog: TrainingCatalog) { self.catalog = catalog }

  mutating func read(path: String, text: String?) {
    do throws(DescriptionError) {
      var duplicates: [DescriptionError] = []
      defer { errors += duplicates }
      let root = try DocumentReader.read(path: path, text: text, duplicates: &duplicates)
      self.root = root.range
      read(root)
    } catch {
      errors.append(error)
      isReadable = false
    }
  }

  private mutating func read(_ root: DocumentNode) {
    guard let entries = root.entries else {
      isReadable = false
      return add(.notAMap("a recipe", found: root.kindName), at: .file(root.range))
    }
    for entry in entries where errors.count < DescriptionErrors.most {
      switch entry.key {
      case "tuner": readTuner(WrittenPart(entry.value))
      case "data": readData(WrittenPart(entry.value))
      case "optimizer": readMethod(WrittenPart(entry.value), as: OptimizerRecipe.self)
      case "schedule": readMethod(WrittenPart(entry.value), as: ScheduleRecipe.self)
      case "early_stopping": readEarlyStopping(WrittenPart(entry.value))
      default: readField(RecipeEntry(entry))
      }
    }
  }

  /// Replaces fields. Those that stand for a whole part come first.
  mutating func apply(_ overrides: [RecipeOverride]) {
    let (inner, whole) = (
      overrides.filter { $0.field.contains(".") }, overrides.filter { !$0.field.contains(".") }
    )
    for override in whole + inner {
      let place = RecipePlace.flag(override.flag)
      leaveOut(whatExcludes: override.field)
      let path = override.field.split(separator: ".", maxSplits: 1).map(String.init)
      let entry = RecipeEntry(path.last ?? "", override.value, at: place)
      switch (path.first, path.count) {
      case ("tuner", 1): readTuner(.value(override.value, place))
      case ("data", 1): readData(.value(override.value, place))
      case ("optimizer", 1): readMethod(.value(override.value, place), as: OptimizerRecipe.self)
      case ("schedule", 1): readMethod(.value(override.value, place), as: ScheduleRecipe.self)
      case ("early_stopping", 1): readEarlyStopping(.value(override.value, place))
      case ("data", _): read([entry], DataSettings.section, into: \.data, "data.")
      case ("optimizer", _):
        read([entry], recipe.optimizer.section, into: \.optimizer, "optimizer.")
      case ("schedule", _): read([entry], recipe.schedule.section, into: \.schedule, "schedule.")
      case ("early_stopping", _): readEarlyStopping([entry], at: place)
      default: readField(entry)
      }
    }
  }

  /// Forgets what a file gave in another way.
  private mutating func leaveOut(whatExcludes field: String) {
    for (a, b, _) in Self.exclusive where field == a || field == b {
      let other = field == a ? b : a
      if places[other]?.isInFile == true { places[other] = nil }
    }
  }

  private mutating func readField(_ entry: RecipeEntry) {
    guard entry.name == "adapter" else {
      return read([entry], TrainingRecipe.section, into: \.self, "")
    }
    switch entry.value {
    case .null: break
    case .text(let path) where !path.isEmpty:
      recipe.start = .adapter(path)
      places["adapter"] = entry.place
    default:
      places["adapter"] = entry.place
      add(.noAdapter(found: entry.value), at: entry.place)
    }
  }

  /// Reads fields of one section.
  mutating func read<Value>(
    _ entries: [RecipeEntry], _ section: RecipeSection<Value>,
    into value: WritableKeyPath<TrainingRecipe, Value>, _ prefix: String
  ) {
    for entry in entries {
      guard let field = section.fields.first(where: { $0.name == entry.name }) else {
        let known = section.fields.map(\.name) + (prefix.isEmpty ? TrainingRecipe.partNames : [])
        add(
          .unknownField(
            entry.name, section: section.name, known: known,
            elsewhere: RecipeWords(catalog.methods).fix(for: entry.name, in: section.name)),
          at: entry.namePlace)
        damagedParts.insert(String(prefix.dropLast()))
        continue
      }
      let isGiven = entry.value != .null
      do throws(ConfigurationError) {
        try field.read(entry.value, &recipe[keyPath: value])
        places[prefix + entry.name] = isGiven ? entry.place : nil
      } catch {
        places[prefix + entry.name] = entry.place
        add(RecipeProblem(error, in: field), at: entry.place)
        damagedParts.insert(String(prefix.dropLast()))
      }
    }
  }

  /// Notes that a part cannot be used as a whole.
  mutating func damage(_ part: String) { damagedParts.insert(part) }

  mutating func add(_ problem: RecipeProblem, at place: RecipePlace?) {
    add(place?.error(problem) ?? DescriptionError(problem, path: nil))
  }

  mutating func add(_ error: DescriptionError) {
    // More mistakes than this would not help the reader.
    if errors.count < DescriptionErrors.most { errors.append(error) }
  }

  /// The recipe, if nothing is wrong with it.
  mutating func finished() throws(DescriptionErrors) -> TrainingRecipe {
    if isReadable {
      for (a, b, reason) in Self.exclusive {
        guard let first = places[a], let second = places[b] else { continue }
        let (name, other) = (a.lastPart, b.lastPart)
        add(.both(name, other, reason: reason), at: RecipePlace.later(first, second))
      }
      checkWhatIsMissing(in: root.map(RecipePlace.file))
      checkContradictions()
    }
    guard errors.isEmpty else { throw DescriptionErrors(inOrder()) }
    return recipe
  }

  /// First what has a place in the recipe's file, in the order of the file.
  private func inOrder() -> [DescriptionError] {
    errors.enumerated().sorted { a, b in
      func place(_ error: DescriptionError) -> (Int, Int) {
        guard let range = error.range, range.file == root?.file, range != root else {
          return (.max, .max)
        }
        return (range.start.line, range.start.column)
      }
      let (first, second) = (place(a.element), place(b.element))
      return first == second ? a.offset < b.offset : first < second
    }.map(\.element)
  }
}

extension String {
  /// `warmup_steps` of `schedule.warmup_steps`.
  fileprivate var lastPart: String { split(separator: ".").last.map(String.init) ?? self }
}
