/// The two 16-bit formats of checkpoints, as bits: Swift's `Float16` is not on every platform.
extension Float {
  /// The number whose bfloat16 bits these are: the upper half of a 32-bit float.
  @inlinable public init(brainFloat bits: UInt16) {
    self.init(bitPattern: UInt32(bits) << 16)
  }

  /// The bits of the nearest bfloat16, ties to even; a NaN stays one.
  @inlinable public var brainFloatBits: UInt16 {
    if isNaN { return UInt16(truncatingIfNeeded: bitPattern >> 16) | 0x40 }
    let roundsUp = 0x7FFF + (bitPattern >> 16 & 1)
    return UInt16(truncatingIfNeeded: (bitPattern + roundsUp) >> 16)
  }

  /// The number whose IEEE 754 half-precision bits these are.
  @inlinable public init(halfPrecision bits: UInt16) {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10 & 0x1F)
    let fraction = UInt32(bits & 0x3FF)
    switch exponent {
    case 0:
      let magnitude = Float(fraction) * 0x1p-24
      self.init(bitPattern: magnitude.bitPattern | sign)
    case 31: self.init(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default: self.init(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }

  /// The bits of the nearest half-precision number, ties to even; too large ones become infinite.
  @inlinable public var halfPrecisionBits: UInt16 {
    let sign = UInt16(truncatingIfNeeded: bitPattern >> 16) & 0x8000
    let size = magnitude
    if isNaN { return sign | 0x7E00 }
    if size >= 65520 { return sign | 0x7C00 }
    if size < 0x1p-14 {
      // Multiples of 2⁻²⁴; the sum rounds to one of them.
      return sign | UInt16((size * 0x1p24).rounded(.toNearestOrEven))
    }
    let bits = size.bitPattern - (112 << 23)
    let roundsUp = 0xFFF + (bits >> 13 & 1)
    return sign | UInt16(truncatingIfNeeded: (bits + roundsUp) >> 13)
  }
}
