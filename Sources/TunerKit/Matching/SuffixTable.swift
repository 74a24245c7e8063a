/// Answers which of many names a path equals or ends with, after a dot.
///
/// A name with two dots can only be the last three components, so a path takes one look-up for each
/// number of dots that occurs among the names, however many names there are.
struct SuffixTable {
  private var positions: [Substring: Int] = [:]
  /// The numbers of dots that occur among the names, in rising order.
  private var depths: [Int] = []

  /// - Parameter names: Without repetitions.
  init(_ names: [String]) {
    for (position, name) in names.enumerated() { positions[name[...]] = position }
    depths = Set(names.map(dotCount)).sorted()
  }

  /// The positions of the names that `path` ends with.
  /// - Returns: Shorter names first, and whether the last of them is all of the path.
  func hits(_ path: String) -> (positions: [Int], includesWhole: Bool) {
    var hits: [Int] = []
    var dots = 0
    var next = depths.startIndex
    let bytes = path.utf8
    var start = bytes.endIndex
    while next < depths.endIndex {
      let isWhole = start == bytes.startIndex
      let isBoundary = isWhole || bytes[bytes.index(before: start)] == UInt8(ascii: ".")
      if isBoundary {
        if dots == depths[next] {
          if let hit = positions[path[start...]] {
            hits.append(hit)
            if isWhole { return (hits, true) }
          }
          next += 1
        }
        if !isWhole { dots += 1 }
      }
      if isWhole { break }
      start = bytes.index(before: start)
    }
    return (hits, false)
  }
}

func dotCount(_ path: String) -> Int {
  path.utf8.reduce(0) { $0 + ($1 == UInt8(ascii: ".") ? 1 : 0) }
}
