/// Names that tell folders, or classes, apart.
enum DistinctNames {
  /// The last parts of paths, as many as it takes; a number where paths are the same.
  /// - Parameter taken: Names that none may have.
  static func of(_ paths: [String], besides taken: Set<String> = []) -> [String] {
    let parts = paths.map { path in
      path.split(separator: "/").filter { $0 != "." }.map(String.init)
    }
    func name(_ index: Int, _ count: Int) -> String {
      let name = parts[index].suffix(count).joined(separator: "/")
      return name.isEmpty ? paths[index] : name
    }
    var counts = Array(repeating: 1, count: paths.count)
    let most = parts.map(\.count).max() ?? 1
    for _ in 0..<most {
      let names = paths.indices.map { name($0, counts[$0]) }
      for index in paths.indices
      where taken.contains(names[index]) || names.count(where: { $0 == names[index] }) > 1 {
        counts[index] += 1
      }
    }
    return numbered(paths.indices.map { name($0, counts[$0]) }, besides: taken)
  }

  /// The names, with a number behind those that are there before.
  static func numbered(_ names: [String], besides taken: Set<String> = []) -> [String] {
    var used = taken
    return names.map { name in
      var (distinct, number) = (name, 2)
      while !used.insert(distinct).inserted {
        distinct = "\(name) (\(number))"
        number += 1
      }
      return distinct
    }
  }
}

extension TaskModel {
  /// What a model without adapters is called.
  package static let baseName = "base"

  /// What adapters of one model are called, by their folders: the last parts, as many as it takes to tell them apart.
  package static func names(of adapters: [String]) -> [String] {
    DistinctNames.of(adapters, besides: [baseName])
  }
}
