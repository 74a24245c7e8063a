/// The two 16-bit formats of checkpoints, as bits: Swift's `Float16` is not on every platform.
extension Float {
  /// The value whose bfloat16 bits these are: the upper half of a 32-bit float.
  @inlinable public init(brainFloat bits: UInt16) {
    self.init(bitPattern: UInt32(bits) << 16)
  }

  /// The bits of the nearest bfloat16, ties to even; a NaN stays one.
  @inlinable public var brainFloatBits: UInt16 {
    // Both, and no branch, so that a loop over this is vectorised.
    let rounded = bitPattern &+ 0x7FFF &+ (bitPattern >> 16 & 1)
    let bits = isNaN ? bitPattern | 0x40_0000 : rounded
    return UInt16(truncatingIfNeeded: bits >> 16)
  }

  /// The value whose IEEE 754 half-precision bits these are.
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

  /// The bits of the nearest half-precision number, ties to even; too large ones become inf.
  @inlinable public var halfPrecisionBits: UInt16 {
    let sign = UInt16(truncatingIfNeeded: bitPattern >> 16) & 0x8000
    let size = bitPattern & 0x7FFF_FFFF
    // All three, for the same reason.
    let roundsUp = 0xFFF &+ (size >> 13 & 1)
    let normal = (size &- 112 << 23 &+ roundsUp) >> 13
    // Multiples of 2⁻²⁴, as which the numbers from 1/2 to 1 lie; the sum rounds to one of them.
    let subnormal = (Float(bitPattern: size) + 0.5).bitPattern &- (0.5 as Float).bitPattern
    let special: UInt32 = size > 0x7F80_0000 ? 0x7E00 : 0x7C00
    let isSubnormal = size < 113 << 23  // 2⁻¹⁴
    let isSpecial = size >= 0x477F_F000  // 65520
    let bits = isSpecial ? special : isSubnormal ? subnormal : normal
    return sign | UInt16(truncatingIfNeeded: bits)
  }
}
