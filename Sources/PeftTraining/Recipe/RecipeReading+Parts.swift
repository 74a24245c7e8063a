import ModelDescription
import OrderedCollections
import PeftAdapters
import PeftBasics
import PeftReports
import TunerKit

// Each part comes as a part of a document or as a value without a place of its own.
extension RecipeReading {
  mutating func readData(_ node: DocumentNode) {
    guard let entries = node.entries else {
      return readData(ConfigurationValue(node), at: .file(node.range))
    }
    places["data"] = .file(node.range)
    read(entries.map(RecipeEntry.init), DataSettings.section, into: \.data, "data.")
  }

  mutating func readData(_ value: ConfigurationValue, at place: RecipePlace) {
    switch value {
    case .null: break
    case .text:
      read([RecipeEntry("train", value, at: place)], DataSettings.section, into: \.data, "data.")
    default:
      places["data.train"] = place
      add(
        .value(.wrongKind(field: "data", expected: "a path, or a map of fields", found: value)),
        at: place)
    }
  }

  // MARK: - Optimizer and schedule

  mutating func readOptimizer(_ node: DocumentNode) {
    guard let named = named(node, "optimizer", optimizerExample) else { return }
    readOptimizer(named)
  }

  mutating func readOptimizer(_ value: ConfigurationValue, at place: RecipePlace) {
    guard let named = named(value, at: place, "optimizer", optimizerExample) else { return }
    readOptimizer(named)
  }

  private mutating func readOptimizer(_ named: NamedPart) {
    forget("optimizer")
    guard let method = methods.optimizer(named: named.name) else {
      let known = optimizerExample.known
      return add(
        .unknownName(part: "optimizer", found: named.name, known: known), at: named.place)
    }
    recipe.optimizer = OptimizerRecipe(method.init())
    places["optimizer"] = named.place
    read(named.entries, recipe.optimizer.section, into: \.optimizer, "optimizer.")
  }

  mutating func readSchedule(_ node: DocumentNode) {
    guard let named = named(node, "schedule", scheduleExample) else { return }
    readSchedule(named)
  }

  mutating func readSchedule(_ value: ConfigurationValue, at place: RecipePlace) {
    guard let named = named(value, at: place, "schedule", scheduleExample) else { return }
    readSchedule(named)
  }

  private mutating func readSchedule(_ named: NamedPart) {
    forget("schedule")
    guard let method = methods.schedule(named: named.name) else {
      let known = scheduleExample.known
      return add(.unknownName(part: "schedule", found: named.name, known: known), at: named.place)
    }
    recipe.schedule = ScheduleRecipe(method.init())
    places["schedule"] = named.place
    read(named.entries, recipe.schedule.section, into: \.schedule, "schedule.")
  }

  private var optimizerExample: NamedExample {
    NamedExample(
      known: methods.optimizers.map { $0.name }, map: "{adamw: {learning_rate: 1e-3}}",
      inline: "adamw:learning_rate=1e-3,weight_decay=0.01")
  }

  private var scheduleExample: NamedExample {
    NamedExample(
      known: methods.schedules.map { $0.name }, map: "{cosine: {warmup_steps: 50}}",
      inline: "cosine:warmup_steps=50")
  }

  /// Forgets a part that is replaced as a whole.
  private mutating func forget(_ part: String) {
    places = places.filter { $0.key != part && !$0.key.hasPrefix("\(part).") }
  }

  // MARK: - Parts with a name

  /// A name with fields: `adamw`, `adamw:learning_rate=1e-3` or `{adamw: {learning_rate: 1e-3}}`.
  private struct NamedPart {
    let name: String
    let place: RecipePlace
    let entries: [RecipeEntry]
  }

  /// How such a part is written.
  private struct NamedExample {
    let known: [String]
    let map: String
    let inline: String
  }

  private mutating func named(
    _ node: DocumentNode, _ part: String, _ example: NamedExample
  ) -> NamedPart? {
    guard let entries = node.entries else {
      return named(ConfigurationValue(node), at: .file(node.range), part, example)
    }
    let names = entries.map(\.key)
    guard let entry = entries.first, entries.count == 1 else {
      let isNamed = names.contains { example.known.contains($0) }
      add(
        isNamed
          ? .severalNames(part: part, names: names)
          : .unnamed(part: part, known: example.known, example: example.map),
        at: .file(node.range))
      return nil
    }
    let value = ConfigurationValue(entry.value)
    let inner = entry.value.entries?.map(RecipeEntry.init) ?? []
    if entry.value.entries == nil, value != .null {
      if example.known.contains(entry.key) {
        add(.notAMap(entry.key, found: entry.value.kindName), at: .file(entry.value.range))
      } else {
        add(
          .unnamed(part: part, known: example.known, example: example.map), at: .file(node.range))
      }
      return nil
    }
    return NamedPart(name: entry.key, place: .file(entry.keyRange), entries: inner)
  }

  private mutating func named(
    _ value: ConfigurationValue, at place: RecipePlace, _ part: String, _ example: NamedExample
  ) -> NamedPart? {
    switch value {
    case .null: return nil
    case .text(let text):
      guard let colon = text.firstIndex(of: ":") else {
        return NamedPart(name: text, place: place, entries: [])
      }
      do {
        let settings = try InlineSettings(text[text.index(after: colon)...], of: text)
        guard let only = settings.combinations.first, settings.combinations.count == 1 else {
          throw TunerRequestError.severalVariants(text, count: settings.combinations.count)
        }
        return NamedPart(
          name: String(text[..<colon]), place: place,
          entries: only.map { RecipeEntry($0.key, $0.value, at: place) })
      } catch TunerRequestError.syntax(_, let problem) {
        add(.inline(part: part, problem: problem, example: example.inline), at: place)
      } catch {
        add(.other(AnyDiagnosis(error)), at: place)
      }
    default:
      add(
        .value(
          .wrongKind(
            field: part, expected: "a name, or a map such as \(example.map)", found: value)),
        at: place)
    }
    return nil
  }
}
