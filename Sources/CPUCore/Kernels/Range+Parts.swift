extension Range<Int> {
  /// Consecutive parts of a size, the last one perhaps smaller.
  func parts(of size: Int) -> some Sequence<Range<Int>> {
    stride(from: lowerBound, to: upperBound, by: size).lazy.map { [upperBound] in
      $0..<Swift.min(upperBound, $0 + size)
    }
  }
}
