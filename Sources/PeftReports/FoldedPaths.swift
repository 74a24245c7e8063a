/// Writes the modules of repeated layers as one: `model.layers.*.self_attn.q_proj`.
///
/// Where only some of the layers are meant, the numbers are given: `model.layers.{0–3}.mlp`.
package struct FoldedPaths {
  /// Some modules that differ only in numbers.
  package struct Group<Element> {
    package let pattern: String
    package let elements: [Element]

    package init(pattern: String, elements: [Element]) {
      self.pattern = pattern
      self.elements = elements
    }

    /// The pattern and how many modules it stands for.
    package var text: String { elements.count == 1 ? pattern : "\(pattern) × \(elements.count)" }
  }

  private struct Place<Key: Hashable>: Hashable {
    let pattern: String
    let key: Key
  }

  /// How many of all modules each pattern stands for.
  private var totals: [String: Int] = [:]

  /// - Parameter paths: All of the model's modules.
  package init(_ paths: some Sequence<String>) {
    for path in paths { totals[Self.folded(path).pattern, default: 0] += 1 }
  }

  /// - Parameter isAlike: What modules must have in common, beside their paths, to be written as one.
  package func groups<Element, Key: Hashable>(
    of elements: [Element], path: (Element) -> String, alike isAlike: (Element) -> Key
  ) -> [Group<Element>] {
    var order: [Place<Key>] = []
    var members: [Place<Key>: [Element]] = [:]
    for element in elements {
      let place = Place(pattern: Self.folded(path(element)).pattern, key: isAlike(element))
      if members[place] == nil { order.append(place) }
      members[place, default: []].append(element)
    }
    return order.map { place in
      let group = members[place] ?? []
      return Group(pattern: name(place.pattern, group.map(path)), elements: group)
    }
  }

  private func name(_ pattern: String, _ paths: [String]) -> String {
    if let only = paths.first, paths.count == 1 { return only }
    let numbers = paths.map { Self.folded($0).numbers }
    guard paths.count < totals[pattern] ?? 0, numbers.allSatisfy({ $0.count == 1 }) else {
      return pattern
    }
    let ranges = Self.ranges(numbers.flatMap { $0 })
    return pattern.split(separator: ".", omittingEmptySubsequences: false)
      .map { $0 == "*" ? "{\(ranges)}" : String($0) }.joined(separator: ".")
  }

  /// The path with `*` for each component that is a number, and the numbers.
  private static func folded(_ path: String) -> (pattern: String, numbers: [Int]) {
    var numbers: [Int] = []
    let parts = path.split(separator: ".", omittingEmptySubsequences: false).map { part in
      guard let number = Int(part), part.utf8.allSatisfy({ 48...57 ~= $0 }) else { return part }
      numbers.append(number)
      return "*"
    }
    return (parts.joined(separator: "."), numbers)
  }

  /// `0–3, 7` for 0, 1, 2, 3, 7.
  private static func ranges(_ numbers: [Int]) -> String {
    var ranges: [ClosedRange<Int>] = []
    for number in Set(numbers).sorted() {
      if let last = ranges.last, last.upperBound == number - 1 {
        ranges[ranges.count - 1] = last.lowerBound...number
      } else {
        ranges.append(number...number)
      }
    }
    return ranges.map { range in
      range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)–\(range.upperBound)"
    }.joined(separator: ", ")
  }
}
