import ModelGraph
import PeftBasics

/// Tensors of an adapter's file that do not fit its configuration or the model: all of them.
public struct AdapterMismatch: Hashable, Sendable {
  public struct Misshapen: Hashable, Sendable {
    public let name: String
    public let found: [Int]
    public let expected: [Int]
    /// Whether it is a copy of the base model's, which has the base's sizes.
    public let isCopy: Bool

    /// The sizes that differ, in the file and as they should be.
    var differences: [[Int]] {
      zip(found, expected).filter { $0 != $1 }.map { [$0, $1] }
    }
  }

  public internal(set) var missing: [String] = []
  public internal(set) var unexpected: [String] = []
  public internal(set) var misshapen: [Misshapen] = []
  /// Names with a type: integers where floats are expected.
  public internal(set) var notReal: [String] = []
  public internal(set) var notFinite: [String] = []
  /// Pairs of names that should have the same values.
  public internal(set) var differing: [String] = []

  /// What the model says about them.
  var context: Context?

  var isEmpty: Bool { count == 0 }

  var count: Int {
    missing.count + unexpected.count + misshapen.count + notReal.count + notFinite.count
      + differing.count
  }

  private static let mostShown = 20

  /// One list for each way of not fitting.
  var lines: [String] {
    let lists = [
      ("missing", missing.map(\.shown)), ("not expected", unexpected.map(\.shown)),
      ("misshapen", misshapen.map { "\($0.name.shown) is \($0.found), not \($0.expected)" }),
      ("not of real numbers", notReal.map(\.shown)),
      ("inf or NaN", notFinite.map(\.shown)), ("copies that differ", differing.map(\.shown)),
    ]
    return lists.filter { !$0.1.isEmpty }.flatMap { heading, names in
      let rest = names.count - Self.mostShown
      return ["\(heading) (\(names.count.grouped)):"]
        + names.prefix(Self.mostShown).map { "  \($0)" }
        + (rest > 0 ? ["  … and \(rest.grouped) more"] : [])
    }
  }

  /// The likeliest cause, as what to do about it.
  var fix: String {
    if let fix = fixOfNames { return fix }
    if !notFinite.isEmpty, missing.isEmpty, misshapen.isEmpty {
      return "the file contains inf or NaN: use an earlier save of the adapter"
    }
    if !differing.isEmpty {
      return "the file is damaged, or put together from two: use the one that was saved"
    }
    if let fix = fixOfShapes ?? fixOfStrangers { return fix }
    if missing.isEmpty, !unexpected.isEmpty {
      return
        "the file has more than adapter_config.json asks for: give the configuration it was saved with"
    }
    return "give the adapter's own base model, or the configuration it was saved with"
  }

  /// What the way says in which names differ.
  private var fixOfNames: String? {
    guard !missing.isEmpty, !unexpected.isEmpty else { return nil }
    let found = Set(unexpected)
    let isNamed = missing.contains { name in
      unexpected.contains { $0.removingAdapterName == name }
    }
    if isNamed {
      return
        "several adapters are in the file, under their names: load the one that is meant with PEFT and "
        + "save it with save_pretrained"
    }
    for name in missing.prefix(4) {
      let path = name.dropFirst(AdapterKey.base("").count)
      guard let dot = path.firstIndex(of: ".") else { continue }
      let shorter = AdapterKey.base(String(path[path.index(after: dot)...]))
      if found.contains(shorter) {
        return
          "the file's modules lack '\(path[..<dot])' in front: it was made for the model without a "
          + "head, this is the one with it"
      }
      if let longer = unexpected.first(where: { $0.hasSuffix(".\(path)") }) {
        let whole = longer.dropLast(path.count + 1)
        let wrapper = AdapterKey.base("")
        let front = whole.hasPrefix(wrapper) ? whole.dropFirst(wrapper.count) : whole
        return
          "the file's modules have '\(String(front).shown)' in front: it was made for another class of "
          + "model"
      }
    }
    return nil
  }

  /// What targets say that are other modules in this model, such as fused projections.
  private var fixOfStrangers: String? {
    guard missing.isEmpty, let context, !context.strangers.isEmpty else { return nil }
    let names = context.strangers.map(\.shown).listed(upTo: 5)
    let places =
      context.neighbours.isEmpty
      ? "" : ": \(context.place) has \(context.neighbours.listed(upTo: 8))"
    return
      (context.areTargets
      ? "no module of this model matches \(names) in target_modules"
      : "this model has no modules \(names)") + places
      + "; give the model that the adapter was trained on"
  }

  private var fixOfShapes: String? {
    guard let first = misshapen.first, missing.isEmpty, first.found.count == first.expected.count
    else { return nil }
    if let sizes = context?.sizes, !sizes.isEmpty {
      let settings = sizes.map { "--set \($0.name)=\($0.value)" }.joined(separator: " ")
      return
        "give the base model the adapter's sizes, \(settings), or the adapter that was trained on it"
    }
    if misshapen.allSatisfy(\.isCopy) {
      return "give the base model that the adapter was trained on"
    }
    guard first.differences.count == 1, let pair = first.differences.first else { return nil }
    let isOneRank = misshapen.allSatisfy { item in
      item.differences.allSatisfy { $0 == pair } && item.found.count == item.expected.count
    }
    let isAlongRank =
      misshapen.contains { $0.found.first != $0.expected.first }
      && misshapen.contains { $0.found.last != $0.expected.last }
    guard isOneRank, isAlongRank else {
      return "the sizes are those of another base model: give the one the adapter was trained on"
    }
    return "the file's rank is \(pair[0]), the configuration's \(pair[1]): set r to \(pair[0])"
  }
}

extension String {
  /// `factor.weight` for `factor.default.weight`.
  fileprivate var removingAdapterName: String {
    var parts = split(separator: ".")
    guard parts.count > 2 else { return self }
    parts.remove(at: parts.count - 2)
    return parts.joined(separator: ".")
  }
}
