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
  }

  private let setting: String
  private let rows: [Row]

  /// - Parameter setting: The field that holds the entries, for messages.
  /// - Throws: `TargetError` for a key that is not a regular expression.
  public init(_ entries: OrderedDictionary<String, Value>, setting: String) throws(TargetError) {
    self.setting = setting
    var rows: [Row] = []
    for (key, value) in entries {
      do throws(PatternError) {
        rows.append(Row(key: key, value: value, pattern: try Self.pattern(key)))
      } catch {
        throw TargetError(.badPattern(setting: setting, error))
      }
    }
    self.rows = rows
  }

  /// The value for an adapted module; nil where no key applies.
  /// - Complexity: One bounded match a key.
  public func value(for path: String) throws(TargetError) -> Value? {
    for row in rows where try applies(row, to: path) { return row.value }
    // PEFT then looks the path up among the keys as it is, and so finds one with special characters.
    return rows.first { $0.key == path }?.value
  }

  /// The keys that apply to none of the adapted modules.
  public func unusedKeys(among paths: [String]) throws(TargetError) -> [UnusedKey] {
    var unused: [UnusedKey] = []
    let deadline = MatchDeadline()
    for row in rows {
      var isUsed = false
      for path in paths {
        try deadline.check()
        isUsed = try applies(row, to: path)
        if isUsed { break }
      }
      guard !isUsed else { continue }
      unused.append(
        UnusedKey(setting: setting, key: row.key, suggestion: suggestion(for: row.key, paths)))
    }
    return unused
  }

  private static func pattern(_ key: String) throws(PatternError) -> PythonPattern {
    try PythonPattern(key, before: #"(.*\.)?("#, after: ")$")
  }

  private func applies(_ row: Row, to path: String) throws(TargetError) -> Bool {
    do throws(PatternError) {
      return try row.pattern.startMatch(path) != nil
    } catch {
      throw TargetError(.badPattern(setting: setting, error))
    }
  }

  /// The key without what never matches: `^` before a name, and the prefix of saved files.
  private func suggestion(for key: String, _ paths: [String]) -> ModuleCount? {
    var shorter = key[...]
    if shorter.hasPrefix("^") { shorter.removeFirst() }
    for prefix in ["base_model.model.", #"base_model\.model\."#] where shorter.hasPrefix(prefix) {
      shorter.removeFirst(prefix.count)
    }
    guard shorter != key[...], let pattern = try? Self.pattern(String(shorter)),
      let count = try? paths.count(where: { try pattern.startMatch($0) != nil }), count > 0
    else { return nil }
    return ModuleCount(name: String(shorter), count: count)
  }
}
