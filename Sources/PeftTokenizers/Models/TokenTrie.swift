import PeftBasics

/// Tokens in a tree of their bytes, to find all of them that begin at a place in one walk.
///
/// Nodes stand in the order of their depth, so that the children of one are neighbours, and those of the
/// next node follow them.
struct TokenTrie: Sendable {
  static let root = 0

  /// The byte that leads to a node from its parent.
  private var labels: [UInt8] = [0]
  /// Where a node's children begin; they end where the next node's begin.
  private var firstChild: [Int32] = []
  /// The id of the token that ends in a node; −1 where none does.
  private var ids: [Int32] = [-1]

  /// - Complexity: O(n log n) in the bytes of all tokens.
  init(_ table: TokenTable) {
    let entries = table.sorted()
    table.bytes.withUnsafeBufferPointer { bytes in
      // Which of the sorted entries lie below a node, for all nodes of one depth after another.
      var below = [entries.indices]
      var (node, depth, lastOfDepth) = (0, 0, 0)
      while node < below.count {
        var entries = entries[below[node]]
        while let entry = entries.first, entry.count == depth {
          ids[node] = Int32(entry.id)
          entries.removeFirst()
        }
        firstChild.append(Int32(below.count))
        while let entry = entries.first {
          let label = bytes[entry.start + depth]
          let end = entries.firstIndex { bytes[$0.start + depth] != label } ?? entries.endIndex
          below.append(entries.startIndex..<end)
          labels.append(label)
          ids.append(-1)
          entries = entries[end...]
        }
        if node == lastOfDepth {
          depth += 1
          lastOfDepth = below.count - 1
        }
        node += 1
      }
      firstChild.append(Int32(below.count))
    }
  }

  /// The token that ends in a node; nil where none does.
  func id(at node: Int) -> Int? { ids[node] < 0 ? nil : Int(ids[node]) }

  /// The node that a byte leads to; nil where no token goes on with it.
  func child(of node: Int, _ byte: UInt8) -> Int? {
    var (low, high) = (Int(firstChild[node]), Int(firstChild[node + 1]))
    while low < high {
      let middle = (low + high) / 2
      if labels[middle] < byte { low = middle + 1 } else { high = middle }
    }
    return low < Int(firstChild[node + 1]) && labels[low] == byte ? low : nil
  }
}
