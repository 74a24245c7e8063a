import PeftPlatform

/// A logarithmic axis: positions of values, and of ticks.
package struct LogarithmicAxis {
  private let low: Double
  private let high: Double
  /// Where the lowest value lies, and the highest, in pixels.
  private let start: Double
  private let end: Double

  /// - Parameters:
  ///   - values: Positive numbers that must have a place.
  ///   - padding: The share of the axis that is left free at either end.
  package init(_ values: [Int], from start: Double, to end: Double, padding: Double = 0) {
    let logarithms = values.filter { $0 > 0 }.map { log2(Double($0)) }
    var low = logarithms.min() ?? 0
    var high = logarithms.max() ?? 1
    if high - low < 1 { (low, high) = (low - 0.5, high + 0.5) }
    let room = (high - low) * padding
    self.low = low - room
    self.high = high + room
    self.start = start
    self.end = end
  }

  package func position(of value: Int) -> Double {
    start + (end - start) * (log2(Double(max(1, value))) - low) / (high - low)
  }

  /// The powers of two within the axis, so many at most that labels have room.
  package func powersOfTwo(atMost limit: Int) -> [Int] {
    let ticks = (0..<62).filter { low <= Double($0) + 1e-9 && Double($0) - 1e-9 <= high }
    let step = max(1, (ticks.count + limit - 1) / max(1, limit))
    return stride(from: 0, to: ticks.count, by: step).map { 1 << ticks[$0] }
  }

  /// The powers of ten within the axis, with 2 and 5 times these where they are few.
  package func decades() -> [Int] {
    let powers = (0..<19).map { power in (0..<power).reduce(1) { product, _ in product * 10 } }
    func within(_ factors: [Int]) -> [Int] {
      powers.flatMap { power in
        factors.map { power.multipliedReportingOverflow(by: $0) }
          .filter { !$0.overflow }.map(\.partialValue)
      }.filter { low <= log2(Double($0)) && log2(Double($0)) <= high }
    }
    let decades = within([1])
    return decades.count >= 3 ? decades : within([1, 2, 5])
  }

  /// Whole numbers from 1 on, so spread that their places are, and the last one.
  package static func grid(upTo limit: Int, count: Int) -> [Int] {
    let ranks = (0...count).map { step in
      Int(pow(Double(limit), Double(step) / Double(count)).rounded())
    }
    return (ranks + [limit]).reduce(into: []) { found, rank in
      if rank >= 1, rank <= limit, found.last.map({ $0 < rank }) ?? true { found.append(rank) }
    }
  }
}
