import ModelGraph

/// What becomes of a word in a basis, and of a drawn entry when it is divided.
enum BasisConversion {
  /// `fraction · width − bound` rounded to bfloat16, the fraction from the bits of the mask.
  case uniform(mask: UInt32, width: Double, bound: Float)
  /// −1 below the one, +1 above the other, both in units of 2⁻²⁴.
  case ternary(below: Float, above: Float)

  init(_ basis: RandomBasis, shape: [Int]) throws(RandomBasisError) {
    func refuse(_ setting: String) -> RandomBasisError {
      RandomBasisError(.badSetting(setting), basis, shape: shape)
    }
    guard basis.precedingWords >= 0 else {
      throw refuse("\(basis.precedingWords) preceding words")
    }
    switch basis.distribution {
    case .kaimingUniform(let fan, _):
      guard fan > 0 else { throw refuse("a fan of \(fan)") }
      let bound = Float(1 / Double(fan).squareRoot())
      switch basis.generation {
      case .float: self = .uniform(mask: 0xFF_FFFF, width: Double(2 * bound), bound: bound)
      case .bfloat16:
        let rounded = bound.roundedToBrainFloat
        self = .uniform(mask: 0xFF, width: Double(2 * rounded), bound: rounded)
      }
    case .ternary(let sparsity):
      guard sparsity > 0, sparsity < .infinity else { throw refuse("a sparsity of \(sparsity)") }
      let share = 1 / (2 * sparsity)
      self = .ternary(below: Float(share) * 0x1p24, above: Float(1 - share) * 0x1p24)
    }
  }

  /// Entries before their division, one for each word.
  func convert(
    _ words: UnsafeBufferPointer<UInt32>, into entries: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(words.count == entries.count, "\(words.count) words for \(entries.count) entries")
    switch self {
    case .uniform(let mask, let width, let bound):
      // Exact in 64 bits, so that 32 bits are rounded to once, as by a fused multiply-add.
      let (step, lower) = (width / Double(mask + 1), -Double(bound))
      let top = bound.roundedToBrainFloat
      for index in entries.indices {
        let fraction = Double(Int32(truncatingIfNeeded: words[index] & mask))
        let value = Float(fraction * step + lower).roundedToBrainFloat
        entries[index] = value >= top ? -top : value
      }
    case .ternary(let below, let above):
      for index in entries.indices {
        let fraction = Float(Int32(truncatingIfNeeded: words[index] & 0xFF_FFFF))
        entries[index] = fraction > above ? 1 : fraction < below ? -1 : 0
      }
    }
  }

  /// Divides uniform entries by their standard deviation, in the type in which they were drawn.
  func divide(_ entries: UnsafeMutableBufferPointer<Float>, by deviation: Float) {
    let deviation = deviation.roundedToBrainFloat
    for index in entries.indices {
      entries[index] = (entries[index] / deviation).roundedToBrainFloat
    }
  }
}

extension Float {
  /// The nearest bfloat16 of a finite value, ties to even.
  @inline(__always)
  fileprivate var roundedToBrainFloat: Float {
    let roundsUp = 0x7FFF &+ (bitPattern >> 16 & 1)
    return Float(bitPattern: (bitPattern &+ roundsUp) & 0xFFFF_0000)
  }
}
