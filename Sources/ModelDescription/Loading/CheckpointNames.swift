import PeftBasics

/// The names that a description's parameters can have in a checkpoint.
///
/// ```yaml
/// checkpoint:
///   lm_head.weight: embed_out.weight                # the older name
///   "**.LayerNorm.weight": "**.LayerNorm.gamma"     # in any module
///   layers.*.fc1.*: encoder.layer.*.dense.*         # each * stands for one part
///   shared.weight: [encoder.embed.weight, decoder.embed.weight]
///   gate.weight: gate_and_value.weight 0/2          # the first of two equal runs of its rows
/// ```
/// `*` stands for one part of a path and `**` for any number of parts, none included. A name can be
/// changed by several lines, each at most once, in the order they are written.
public struct CheckpointNames: Sendable {
  private var rules: [Rule] = []

  private struct Rule: Sendable {
    let pattern: NamePattern
    let results: [Result]
  }

  private struct Result: Sendable {
    let pattern: NamePattern
    /// What stands behind the name: ` 0/2`.
    let part: Substring

    init(_ text: String) {
      let end = text.firstIndex(of: " ") ?? text.endIndex
      pattern = NamePattern(String(text[..<end]))
      part = text[end...]
    }
  }

  /// More candidates than any file needs to be searched for.
  private static let mostNames = 64

  init(_ node: DocumentNode?) throws {
    guard let node else { return }
    guard let entries = node.entries else {
      throw DescriptionError(
        LoadingProblem.wrongKind(
          key: "checkpoint", expected: "a mapping of names", found: node.kindName), at: node.range)
    }
    for entry in entries {
      let results = try (entry.value.elements ?? [entry.value]).map { node in
        guard let text = node.string else {
          throw DescriptionError(
            LoadingProblem.wrongKind(key: entry.key, expected: "a name", found: node.kindName),
            at: node.range)
        }
        return (Result(text), node)
      }
      let pattern = NamePattern(entry.key)
      for (result, node) in results where !result.pattern.canBeFilled(from: pattern) {
        throw DescriptionError(
          LoadingProblem.checkpointStars(pattern: entry.key, result: result.pattern.text),
          at: node.range)
      }
      rules.append(Rule(pattern: pattern, results: results.map(\.0)))
    }
  }

  var isEmpty: Bool { rules.isEmpty }

  /// The names under which a checkpoint can hold a parameter, the most likely first: its own, and
  /// then those of older releases.
  public func names(ofParameter name: String) -> [String] {
    var names = [name]
    for rule in rules {
      for known in names {
        guard let match = rule.pattern.match(known) else { continue }
        for result in rule.results {
          let candidate = result.pattern.filled(with: match) + result.part
          if names.count < Self.mostNames, !names.contains(candidate) { names.append(candidate) }
        }
      }
    }
    return names
  }
}

/// A dotted name in which `*` stands for one part and `**`, at most once, for any number of parts.
struct NamePattern: Sendable {
  /// What the stars of a pattern stand for in a name.
  struct Match {
    var single: [Substring] = []
    var several: ArraySlice<Substring> = []
  }

  let text: String
  private let head: [Substring]
  /// The parts behind `**`; nil where there is none.
  private let tail: [Substring]?

  init(_ text: String) {
    self.text = text
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let middle = parts.firstIndex(of: "**") ?? parts.endIndex
    head = Array(parts[..<middle])
    tail = middle == parts.endIndex ? nil : Array(parts[(middle + 1)...])
  }

  /// Whether the stars of a match of `pattern` are those that this one needs.
  func canBeFilled(from pattern: NamePattern) -> Bool {
    isLegal && pattern.isLegal && starCount == pattern.starCount
      && (tail == nil) == (pattern.tail == nil)
  }

  private var isLegal: Bool { !(head + (tail ?? [])).contains { $0.isEmpty || $0 == "**" } }

  private var starCount: Int { (head + (tail ?? [])).count { $0 == "*" } }

  func match(_ name: String) -> Match? {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    var match = Match()
    guard let tail else {
      return parts.count == head.count && match.add(head, parts[...]) ? match : nil
    }
    guard parts.count >= head.count + tail.count else { return nil }
    match.several = parts[head.count..<(parts.count - tail.count)]
    let fits =
      match.add(head, parts[..<head.count]) && match.add(tail, parts[(parts.count - tail.count)...])
    return fits ? match : nil
  }

  func filled(with match: Match) -> String {
    var single = match.single[...]
    func fill(_ parts: [Substring]) -> [Substring] {
      parts.map { $0 == "*" ? single.popFirst() ?? $0 : $0 }
    }
    let start = fill(head)
    guard let tail else { return start.joined(separator: ".") }
    return (start + match.several + fill(tail)).joined(separator: ".")
  }
}

extension NamePattern.Match {
  /// Compares parts of a pattern with as many parts of a name, and keeps what stars stand for.
  fileprivate mutating func add(_ pattern: [Substring], _ parts: ArraySlice<Substring>) -> Bool {
    for (wanted, part) in zip(pattern, parts) {
      if wanted == "*" { single.append(part) } else if wanted != part { return false }
    }
    return true
  }
}
