import PeftTensors
import Testing

@Suite("16-bit floats") struct HalvesTests {
  @Test("Every bfloat16 goes to a float and back")
  func brainFloats() {
    for bits in UInt16.min...UInt16.max {
      let number = Float(brainFloat: bits)
      if number.isNaN {
        #expect(Float(brainFloat: number.brainFloatBits).isNaN)
      } else {
        #expect(number.brainFloatBits == bits)
      }
    }
  }

  #if !(os(macOS) && arch(x86_64))
    @Test("Every half-precision number is what Swift says, and goes back")
    func halves() {
      for bits in UInt16.min...UInt16.max {
        let number = Float(halfPrecision: bits)
        let expected = Float(Float16(bitPattern: bits))
        if expected.isNaN {
          #expect(number.isNaN)
        } else {
          #expect(number == expected && number.sign == expected.sign)
          #expect(number.halfPrecisionBits == bits)
        }
      }
    }

    @Test("Floats round to half precision as Swift's do", arguments: [1, 0x1p-14, 0x1p-20, 60000])
    func rounding(scale: Float) {
      var number = scale
      for _ in 0..<10_000 {
        #expect(number.halfPrecisionBits == Float16(number).bitPattern)
        number = number * 1.000_37
      }
    }
  #endif

  @Test(
    "Ties go to even",
    arguments: [
      (1.003_906_25 as Float, 0x3F80 as UInt16), (1.011_718_75, 0x3F82), (.infinity, 0x7F80),
    ])
  func ties(number: Float, bits: UInt16) { #expect(number.brainFloatBits == bits) }
}
