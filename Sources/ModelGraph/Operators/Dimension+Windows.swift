extension Dimension {
  /// The number of windows along this axis, if it is open: `(height − 1) // 2 + 1`, in whose name both ways through
  /// a block agree; this axis itself where there are as many windows as entries.
  /// - Parameters:
  ///   - reach: Over how many entries a window reaches.
  ///   - padding: How many entries there are besides, before and after together.
  func openWindows(reach: Int, padding: Int, stride: Int) -> Dimension? {
    guard case .symbol(let name) = self else { return nil }
    let change = padding - reach
    return .symbol(
      stride == 1
        ? Self.sum(name, change + 1) : "(\(Self.sum(name, change))) // \(stride) + 1")
  }

  /// `height − 2` for `height` and −2, and `height − 5` for that and −3.
  private static func sum(_ name: String, _ number: Int) -> String {
    var (parts, total) = (name.split(separator: " ").map(String.init), number)
    if parts.count > 2, let last = Int(parts[parts.count - 1]) {
      total += parts[parts.count - 2] == "-" ? -last : last
      parts.removeLast(2)
    }
    let rest = parts.joined(separator: " ")
    return total == 0 ? rest : "\(rest) \(total < 0 ? "-" : "+") \(abs(total))"
  }
}
