import PeftReports
import TunerKit

extension Adapter {
  /// One entry of the configuration and how many modules it hits.
  struct EntryHit {
    /// The field that holds it: `target_modules`.
    let field: String
    let entry: String
    let count: Int
    /// What was probably meant, where it hits nothing.
    let note: String

    var record: Record {
      [
        "field": .text(field), "entry": .text(entry), "hits": .integer(count),
        "note": note.isEmpty ? .null : .text(note),
      ]
    }
  }

  /// Every entry of every field that names modules.
  var entryHits: [EntryHit] {
    hits(match.entries, "target_modules") + excludedHits
      + hits(match.saved.entries, "modules_to_save") + patternHits
  }

  private func hits(_ entries: [EntryHits], _ field: String) -> [EntryHit] {
    entries.map { hit in
      EntryHit(
        field: field, entry: hit.entry, count: hit.count, note: hit.suggestion?.description ?? "")
    }
  }

  private var excludedHits: [EntryHit] {
    let entries: [String]
    switch configuration.options.targets.excludeModules {
    case .names(let names)?: entries = names
    case .pattern(let pattern)?: entries = [pattern]
    case nil: return []
    }
    return entries.map { entry in
      let count = match.excluded.count { decided in
        switch decided.reason {
        case .excludedByName:
          decided.module.path == entry || decided.module.path.hasSuffix("." + entry)
        case .excludedByPattern: true
        default: false
        }
      }
      return EntryHit(field: "exclude_modules", entry: entry, count: count, note: "")
    }
  }

  /// The keys of maps from patterns to values.
  private var patternHits: [EntryHit] {
    configuration.patternFields.flatMap { field in
      guard case .map(let map)? = configuration.values[field] else { return [EntryHit]() }
      let table = try? PatternTable(map, setting: field)
      let counts = try? table?.counts(among: match.matched.map(\.path))
      return map.keys.enumerated().map { index, key in
        EntryHit(field: field, entry: key, count: counts?[index] ?? 0, note: "")
      }
    }
  }
}

extension TunerConfiguration {
  /// The fields whose keys are patterns for modules' paths.
  fileprivate var patternFields: [String] { Self.fields.filter(\.hasPatterns).map(\.name) }
}
