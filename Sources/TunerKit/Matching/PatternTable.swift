import ModelGraph
public import OrderedCollections
import PeftBasics

/// Values for some of the adapted modules, found by patterns.
///
/// A key is a regular expression for the end of a path, from its start or from a dot on. The first
/// key that applies wins, in the order in which they were written.
public struct PatternTable<Value: Sendable>: Sendable {
  /// A key that applies to no adapted module.
  public struct UnusedKey: Hashable, Sendable, CustomStringConvertible {
    /// The field that holds it.
    public let setting: String
    public let key: String
    /// The key that was probably meant, and how many adapted modules it applies to.
    public let suggestion: ModuleCount?

    public var description: String {
      "\(key.doubleQuoted) in \(setting) applies to no adapted module; "
        + (suggestion.map { "write \($0.name.doubleQuoted) (\(modules($0.count)))" }
          ?? "correct it, or remove it")
    }
  }

  private struct Row: Sendable {
    let key: String
    let value: Value
    let pattern: PythonPattern
    let plain: PlainKey?
  }

  private let setting: String
  private let rows: [Row]
  /// The values of the paths that the table was made for.
  private var known: [String: Value?] = [:]

  /// - Parameters:
  ///   - setting: The field that holds the entries, for messages.
  ///   - paths: The modules whose values will be asked for: found now, all within one limit of time.
  /// - Throws: `TargetError` for a key that is not a regular expression, and where finding the values
  ///   takes too long.
  public init(
    _ entries: OrderedDictionary<String, Value>, setting: String, for paths: [String] = []
  ) throws(TargetError) {
    self.setting = setting
    var rows: [Row] = []
    for (key, value) in entries {
      do throws(PatternError) {
        rows.append(
          Row(key: key, value: value, pattern: try Self.pattern(key), plain: PlainKey(key)))
      } catch {
        throw TargetError(.badPattern(setting: setting, error))
      }
    }
    self.rows = rows
    let deadline = MatchDeadline()
    var known: [String: Value?] = [:]
    if !rows.isEmpty {
      for path in paths { known[path] = .some(try value(for: path, deadline)) }
    }
    self.known = known
  }

  /// The value for an adapted module; nil where no key applies.
  /// - Throws: `TargetError` where a pattern gives up, or all of them take too long.
  /// - Complexity: One bounded match a key; O(1) for the paths that the table was made for.
  public func value(for path: String) throws(TargetError) -> Value? {
    if let value = known[path] { return value }
    return try value(for: path, MatchDeadline())
  }

  private func value(for path: String, _ deadline: MatchDeadline) throws(TargetError) -> Value? {
    try deadline.check()
    for row in rows where try applies(row, to: path, deadline) { return row.value }
    // PEFT then looks the path up among the keys as it is, and so finds one with special characters.
    return rows.first { $0.key == path }?.value
  }

  /// The keys that apply to none of the adapted modules.
  public func unusedKeys(among paths: [String]) throws(TargetError) -> [UnusedKey] {
    var unused: [UnusedKey] = []
    let deadline = MatchDeadline()
    for row in rows {
      try deadline.check()
      var isUsed = false
      for path in paths where try applies(row, to: path, deadline) {
        isUsed = true
        break
      }
      guard !isUsed else { continue }
      let suggestion = suggestion(for: row.key, paths, deadline)
      unused.append(UnusedKey(setting: setting, key: row.key, suggestion: suggestion))
    }
    return unused
  }

  /// How many of the paths every key applies to, in the order of the keys.
  package func counts(among paths: [String]) throws(TargetError) -> [Int] {
    var counts: [Int] = []
    let deadline = MatchDeadline()
    for row in rows {
      try deadline.check()
      var count = 0
      for path in paths where try applies(row, to: path, deadline) { count += 1 }
      counts.append(count)
    }
    return counts
  }

  private static func pattern(_ key: String) throws(PatternError) -> PythonPattern {
    try PythonPattern(key, before: #"(.*\.)?("#, after: ")$")
  }

  private func applies(
    _ row: Row, to path: String, _ deadline: MatchDeadline
  ) throws(TargetError) -> Bool {
    if let answer = row.plain?.applies(to: path) { return answer }
    try deadline.check()
    do throws(PatternError) {
      return try row.pattern.startMatch(path) != nil
    } catch {
      throw TargetError(.badPattern(setting: setting, error))
    }
  }

  /// The key without what never matches: `^` before a name, and the prefix of saved files.
  private func suggestion(
    for key: String, _ paths: [String], _ deadline: MatchDeadline
  ) -> ModuleCount? {
    var shorter = key[...]
    if shorter.hasPrefix("^") { shorter.removeFirst() }
    for prefix in ["base_model.model.", #"base_model\.model\."#] where shorter.hasPrefix(prefix) {
      shorter.removeFirst(prefix.count)
    }
    guard shorter != key[...], let pattern = try? Self.pattern(String(shorter)),
      let count = try? paths.count(where: {
        try deadline.check()
        return try pattern.startMatch($0) != nil
      }), count > 0
    else { return nil }
    return ModuleCount(name: String(shorter), count: count)
  }
}
