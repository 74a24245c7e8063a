/// Text as wide as a column.
extension String {
  /// This text with spaces before it, so that it is that many characters wide.
  package func rightAligned(_ width: Int) -> String {
    String(repeating: " ", count: Swift.max(0, width - count)) + self
  }

  /// This text with spaces after it, so that it is that many characters wide.
  package func leftAligned(_ width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(0, width - count))
  }

  /// The text with its middle left out where it is longer than that.
  package func shortened(to width: Int) -> String {
    guard count > width, width > 3 else { return self }
    let head = (width - 1) * 2 / 3
    return prefix(head) + "…" + suffix(width - 1 - head)
  }
}
