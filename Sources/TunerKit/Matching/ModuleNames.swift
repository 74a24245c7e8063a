import ModelGraph
import PeftBasics

/// The names that occur in a model and how many modules bear each: what messages suggest from.
struct ModuleNames {
  /// Modules that could be meant.
  let modules: [Module]

  /// How many paths equal a name or end with it, after a dot.
  func count(of name: String) -> Int {
    modules.count { $0.path.isOrEnds(with: name) }
  }

  /// The ends of paths with as many components as `name`, each with how many modules it names.
  func counts(like name: String) -> [ModuleCount] {
    let dots = dotCount(name)
    var order: [Substring] = []
    var counts: [Substring: Int] = [:]
    for module in modules {
      let components = module.path.split(separator: ".")
      guard components.count > dots, let first = components.suffix(dots + 1).first else { continue }
      let ending = module.path[first.startIndex...]
      if counts[ending, default: 0] == 0 { order.append(ending) }
      counts[ending, default: 0] += 1
    }
    return order.map { ModuleCount(name: String($0), count: counts[$0] ?? 0) }
  }

  /// The name nearest to a misspelled one.
  func nearest(to name: String) -> TargetHint? {
    guard name.utf8.count <= 200 else { return nil }
    let counts = counts(like: name)
    guard let near = Spelling.nearest(to: name, among: counts.map(\.name)) else { return nil }
    return counts.first { $0.name == near }.map { .nearName(near, count: $0.count) }
  }
}

/// A name and how many modules bear it.
public struct ModuleCount: Hashable, Sendable {
  public let name: String
  public let count: Int

  public init(name: String, count: Int) {
    self.name = name
    self.count = count
  }
}

extension String {
  /// Whether a path equals a name or ends with it, after a dot.
  func isOrEnds(with name: String) -> Bool {
    guard utf8.count > name.utf8.count else { return self == name }
    return hasSuffix(name) && utf8.dropLast(name.utf8.count).last == UInt8(ascii: ".")
  }
}
