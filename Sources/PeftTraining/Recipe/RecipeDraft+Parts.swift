import ModelDescription
import OrderedCollections
import PeftAdapters
import PeftBasics
import PeftReports
import TunerKit

extension RecipeDraft {
  mutating func readData(_ written: WrittenPart) {
    switch written {
    case .fields(let node, let entries):
      places["data"] = .file(node.range)
      read(entries.map(RecipeEntry.init), DataSettings.section, into: \.data, "data.")
    case .value(.null, _): break
    case .value(let value, let place):
      guard case .text = value else {
        places["data.train"] = place
        return add(
          .value(.wrongKind(field: "data", expected: "a path, or a map of fields", found: value)),
          at: place)
      }
      read([RecipeEntry("train", value, at: place)], DataSettings.section, into: \.data, "data.")
    }
  }

  mutating func readEarlyStopping(_ written: WrittenPart) {
    switch written {
    case .fields(_, let entries):
      readEarlyStopping(entries.map(RecipeEntry.init), at: written.place)
    case .value(.null, _):
      recipe.earlyStopping = nil
      places["early_stopping"] = nil
    case .value(let value, let place):
      places["early_stopping"] = place
      damage("early_stopping")
      add(
        .value(
          .wrongKind(
            field: "early_stopping", expected: "a map such as \(EarlyStopping.example), or null",
            found: value)), at: place)
    }
  }

  /// Reads fields of early stopping, which is on then.
  mutating func readEarlyStopping(_ entries: [RecipeEntry], at place: RecipePlace) {
    recipe.earlyStopping = recipe.earlyStoppingFields
    places["early_stopping"] = places["early_stopping"] ?? place
    read(entries, EarlyStopping.section, into: \.earlyStoppingFields, "early_stopping.")
  }

  /// Reads an optimizer or a schedule, which replaces another one as a whole.
  mutating func readMethod<Part: MethodPart>(
    _ written: WrittenPart, as part: Part.Type = Part.self
  ) {
    let known = Part.names(in: catalog.methods)
    guard let named = named(written, Part.writing, known: known) else { return }
    let name = Part.writing.part
    forget(name)
    guard let method = Part(named: named.name, in: catalog.methods) else {
      return add(.unknownName(part: name, found: named.name, known: known), at: named.place)
    }
    recipe[keyPath: Part.field] = method
    places[name] = named.place
    read(named.entries, method.section, into: Part.field, "\(name).")
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

  private mutating func named(
    _ written: WrittenPart, _ writing: MethodWriting, known: [String]
  ) -> NamedPart? {
    switch written {
    case .fields(let node, let entries): named(node, entries, writing, known)
    case .value(let value, let place): named(value, at: place, writing)
    }
  }

  private mutating func named(
    _ node: DocumentNode, _ entries: [DocumentNode.Entry], _ writing: MethodWriting,
    _ known: [String]
  ) -> NamedPart? {
    let unnamed = RecipeProblem.unnamed(part: writing.part, known: known, example: writing.map)
    let names = entries.map(\.key)
    guard let entry = entries.first, entries.count == 1 else {
      let isNamed = names.contains { known.contains($0) }
      add(
        isNamed ? .severalNames(part: writing.part, names: names) : unnamed, at: .file(node.range))
      return nil
    }
    guard let inner = entry.value.entries else {
      if ConfigurationValue(entry.value) == .null {
        return NamedPart(name: entry.key, place: .file(entry.keyRange), entries: [])
      }
      if known.contains(entry.key) {
        add(.notAMap(entry.key, found: entry.value.kindName), at: .file(entry.value.range))
      } else {
        add(unnamed, at: .file(node.range))
      }
      return nil
    }
    return NamedPart(
      name: entry.key, place: .file(entry.keyRange), entries: inner.map(RecipeEntry.init))
  }

  private mutating func named(
    _ value: ConfigurationValue, at place: RecipePlace, _ writing: MethodWriting
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
        add(
          .inline(part: writing.part, problem: problem, example: writing.inline), at: place)
      } catch {
        add(.other(AnyDiagnosis(error)), at: place)
      }
    default:
      add(
        .value(
          .wrongKind(
            field: writing.part, expected: "a name, or a map such as \(writing.map)",
            found: value)),
        at: place)
    }
    return nil
  }
}
