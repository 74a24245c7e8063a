import PeftTensors
import Testing

@Suite("Conversion") struct ConversionTests {
  private static let real = NumberType.allCases.filter(\.isFloatingPoint)

  private func bits(_ tensor: Tensor) -> [UInt16] {
    tensor.withUnsafeBytes { Array($0.bindMemory(to: UInt16.self)) }
  }

  private func tensor(doubles numbers: [Double]) -> Tensor {
    Tensor(shape: [numbers.count], type: .float64) { bytes in
      numbers.withUnsafeBytes { bytes.copyMemory(from: $0) }
    }
  }

  @Test("What every type can hold stays as it is", arguments: real, real)
  func exact(from: NumberType, to: NumberType) {
    let numbers: [Float] = [0, 1, -1, 0.5, -2.5, 96, 0x1p-14, .infinity, -.infinity]
    let tensor = Tensor(numbers, shape: [3, 3]).converted(to: from)
    #expect(tensor.type == from)
    let converted = tensor.converted(to: to)
    #expect(converted.type == to)
    #expect(converted.shape == [3, 3])
    #expect(converted.floats() == numbers)
  }

  @Test("A NaN stays one, and a zero keeps its sign", arguments: real, real)
  func special(from: NumberType, to: NumberType) {
    let numbers = Tensor([.nan, -0.0], shape: [2]).converted(to: from).converted(to: to).floats()
    #expect(numbers[0].isNaN)
    #expect(numbers[1].bitPattern == 0x8000_0000)
  }

  @Test("Floats round to the nearest, ties to even")
  func rounding() {
    let numbers = Tensor(
      [1.003_906_25, 1.011_718_75, 0x1.00_2p0, 0x1.00_6p0, 65519, 65520, 1e-8], shape: [7])
    #expect(
      bits(numbers.converted(to: .bfloat16)) == [
        0x3F80, 0x3F82, 0x3F80, 0x3F80, 0x4780, 0x4780, 0x322C,
      ])
    #expect(
      bits(numbers.converted(to: .float16)) == [0x3C04, 0x3C0C, 0x3C00, 0x3C02, 0x7BFF, 0x7C00, 0])
  }

  @Test("Doubles are rounded once, not first to a float")
  func doubles() {
    // Just above, on, and just below a tie, by less than a float can tell.
    let half = tensor(doubles: [
      1 + 0x1p-11 + 0x1p-40, 1 + 0x1p-11, 1 + 0x1p-11 - 0x1p-40, -1e300, 65519.999,
    ])
    #expect(bits(half.converted(to: .float16)) == [0x3C01, 0x3C00, 0x3C00, 0xFC00, 0x7BFF])
    let brain = tensor(doubles: [
      1 + 0x1p-8 + 0x1p-40, 1 + 0x1p-8, 1 + 0x1p-8 - 0x1p-40, -1e300, 1e-300,
    ])
    #expect(bits(brain.converted(to: .bfloat16)) == [0x3F81, 0x3F80, 0x3F80, 0xFF80, 0])
    #expect(
      tensor(doubles: [0.1, 1e300, 1e-300]).converted(to: .float32).floats() == [0.1, .infinity, 0])
  }

  @Test("A tensor without entries has none in another type")
  func empty() {
    #expect(Tensor([Float](), shape: [0, 3]).converted(to: .float16).shape == [0, 3])
  }
}
