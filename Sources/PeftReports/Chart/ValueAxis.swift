import PeftBasics
import PeftPlatform

/// A linear or logarithmic axis of real numbers.
package struct ValueAxis {
  package let isLogarithmic: Bool
  private let low: Double
  private let high: Double
  /// Where the lowest value lies, and the highest, in pixels.
  private let start: Double
  private let end: Double

  /// - Parameters:
  ///   - range: Values that must have a place; above 0 on a logarithmic axis.
  ///   - padding: The share of the axis that is left free at either end.
  package init(
    _ range: ClosedRange<Double>, isLogarithmic: Bool = false, from start: Double, to end: Double,
    padding: Double = 0
  ) {
    var (low, high) = (range.lowerBound, range.upperBound)
    if isLogarithmic { (low, high) = (log10(low), log10(high)) }
    if high - low <= abs(high) * 1e-9 {
      let room = isLogarithmic ? 0.1 : max(abs(high) * 0.1, 1e-300)
      (low, high) = (low - room, high + room)
    }
    let room = (high - low) * padding
    self.low = low - room
    self.high = high + room
    self.isLogarithmic = isLogarithmic
    self.start = start
    self.end = end
  }

  package func position(of value: Double) -> Double {
    let place = isLogarithmic ? log10(value) : value
    return start + (end - start) * ((place - low) / (high - low))
  }

  /// Round values within the axis, about so many.
  /// - Parameter isWhole: Whether only whole numbers are wanted.
  package func ticks(about count: Int, isWhole: Bool = false) -> [(value: Double, text: String)] {
    isLogarithmic && high - low > 1 ? factors() : steps(about: count, isWhole: isWhole)
  }

  /// Multiples of 1, 2 or 5 times a power of ten.
  private func steps(about count: Int, isWhole: Bool) -> [(value: Double, text: String)] {
    let (first, last) = isLogarithmic ? (pow(10, low), pow(10, high)) : (low, high)
    let rough = (last - first) / Double(max(1, count))
    var power = log10(rough).rounded(.down)
    if isWhole { power = max(0, power) }
    let unit = pow(10, power)
    let step = unit * ([1, 2, 5, 10].first { $0 * unit >= rough } ?? 10)
    let places = max(0, Int(-log10(step).rounded(.down)))
    let multiples = (first / step).rounded(.up)...max((first / step).rounded(.up), last / step)
    return stride(from: multiples.lowerBound, through: multiples.upperBound, by: 1).prefix(100)
      .map { multiple in
        let value = multiple * step
        if isWhole, value < 0x1p53 { return (value, Int(value).grouped) }
        return (value, places < 7 ? value.fixed(places) : value.scientific)
      }
      .filter { !isLogarithmic || $0.value > 0 }
  }

  /// Powers of ten, with 2 and 5 times these where they are few.
  private func factors() -> [(value: Double, text: String)] {
    let powers = Int(low.rounded(.down))...Int(high.rounded(.down))
    let within = powers.flatMap { power in [1.0, 2, 5].map { (digit: $0, power: power) } }
      .filter { low...high ~= Double($0.power) + log10($0.digit) }
    let decades = within.filter { $0.digit == 1 }
    let every = max(1, decades.count / 8)
    let chosen =
      decades.count >= 3
      ? decades.enumerated().filter { $0.offset % every == 0 }.map(\.element) : within
    return chosen.map { digit, power in
      let value = digit * pow(10, Double(power))
      return (value, -5..<6 ~= power ? value.fixed(max(0, -power)) : "\(Int(digit))e\(power)")
    }
  }
}
