/// Sums from which the standard deviation of many values around zero follows.
struct Spread {
  /// Values go to the lanes in turn: the lanes are summed side by side, and rounding stays small.
  private static let lanes = 32

  private var sums = [Double](repeating: 0, count: lanes)
  private var squares = [Double](repeating: 0, count: lanes)
  private var count = 0

  mutating func add(_ values: UnsafeBufferPointer<Float>) {
    count += values.count
    sums.withUnsafeMutableBufferPointer { sums in
      squares.withUnsafeMutableBufferPointer { squares in
        var start = 0
        while start < values.count {
          for lane in 0..<min(Self.lanes, values.count - start) {
            let value = Double(values[start &+ lane])
            sums[lane] += value
            squares[lane] += value * value
          }
          start += Self.lanes
        }
      }
    }
  }

  /// The unbiased standard deviation; nil where it is zero or NaN.
  var deviation: Double? {
    guard count > 1 else { return nil }
    let sum = sums.reduce(0, +)
    let variance = (squares.reduce(0, +) - sum * sum / Double(count)) / Double(count - 1)
    return variance > 0 ? variance.squareRoot() : nil
  }
}
