import ModelGraph
import PeftPlatform

/// The angles from one position to the next of a rotary embedding's pairs, for texts of a length, computed
/// as transformers does, in 32 bits.
struct RotaryFrequencies {
  private(set) var values: [Float]
  /// The factor on rotated entries (attention_factor).
  private(set) var amplitude: Float = 1

  init(_ rotary: Rotary, length: Int) {
    let size = rotary.seriesSize
    let exponents = (0..<rotary.rotarySize / 2).map { Float(2 * $0) / Float(size) }
    let powers = exponents.map { Float(pow(rotary.theta, Double($0))) }
    let plain = powers.map { 1 / $0 }
    switch rotary.scaling {
    case .none, .unsupported: values = plain
    case .linear(let factor): values = plain.map { $0 / Float(factor) }
    case .llama3(let factor, let lowFrequency, let highFrequency, let originalLength):
      values = plain.map { frequency in
        let turns = Double(originalLength) * Double(frequency) / (2 * Double.pi)
        if turns < lowFrequency { return frequency / Float(factor) }
        if turns > highFrequency { return frequency }
        let share = Float((turns - lowFrequency) / (highFrequency - lowFrequency))
        return (1 - share) * frequency / Float(factor) + share * frequency
      }
    case .dynamic(let factor, let positions):
      guard length > positions else {
        values = plain
        break
      }
      let stretch =
        Float(factor) * Float(length) / Float(positions) - Float(factor - 1)
      let base = Float(rotary.theta) * powf(stretch, Float(Double(size) / Double(size - 2)))
      values = exponents.map { 1 / powf(base, $0) }
    case .yarn(let yarn):
      values = Self.yarn(yarn, rotary, powers)
      amplitude = Float(yarn.amplitude)
    case .longRope(let rope):
      let factors = length > rope.originalLength ? rope.long : rope.short
      values = powers.enumerated().map { pair, power in
        1 / (Float(factors[factors.count == 1 ? 0 : pair]) * power)
      }
      amplitude = Float(rope.amplitude)
    }
  }

  /// Writes the cosines of a position's angles, then their sines.
  /// - Parameter isBackward: Whether angles are negative.
  func fill(_ entries: UnsafeMutablePointer<Float>, at position: Int, isBackward: Bool = false) {
    for (index, frequency) in values.enumerated() {
      let angle = Double(Float(position) * frequency)
      entries[index] = Float(cos(angle)) * amplitude
      entries[values.count + index] = Float(isBackward ? -sin(angle) : sin(angle)) * amplitude
    }
  }

  private static func yarn(_ yarn: Rotary.YaRN, _ rotary: Rotary, _ powers: [Float]) -> [Float] {
    let size = Double(rotary.seriesSize)
    func pair(turning turns: Double) -> Double {
      size * log(Double(yarn.originalLength) / (turns * 2 * .pi)) / (2 * log(rotary.theta))
    }
    var (first, last) = (pair(turning: yarn.fast), pair(turning: yarn.slow))
    if yarn.isTruncated { (first, last) = (first.rounded(.down), last.rounded(.up)) }
    (first, last) = (max(first, 0), min(last, size - 1))
    if first == last { last += 0.001 }
    return powers.enumerated().map { index, power in
      // One pair alone stands for all, as where torch broadcasts it.
      let place = rotary.seriesSize / 2 == 1 ? 0 : index
      let ramp = min(1, max(0, (Float(place) - Float(first)) / Float(last - first)))
      let kept = 1 - ramp
      return 1 / (Float(yarn.factor) * power) * (1 - kept) + 1 / power * kept
    }
  }
}

extension Rotary {
  /// Whether angles depend on how long the text is.
  var dependsOnLength: Bool {
    switch scaling {
    case .dynamic, .longRope: true
    case .none, .linear, .llama3, .yarn, .unsupported: false
    }
  }
}
