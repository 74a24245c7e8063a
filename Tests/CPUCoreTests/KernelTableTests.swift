import CKernels
import PeftTensors
import PeftTestSupport
import Testing

/// Every loop in every instruction set that this machine has, at sizes around those of vectors.
@Suite("C kernels") struct KernelTableTests {
  static let tables = (0..<Int(ck_table_count())).map { KernelSet(index: Int32($0)) }
  static let sizes = [1, 3, 15, 16, 17, 64, 100, 1000]

  @Test("Sums, products and scales round once", arguments: tables, sizes)
  func arithmetic(kernels: KernelSet, size: Int) {
    var random = RandomNumbers(seed: size)
    let (a, b) = (random.floats(size), random.floats(size))
    let c: Float = 1.25
    let table = kernels.table
    for place in Placement.binary {
      #expect(place.binary(a, b) { table.add(size, $0, $1, $2) } == zip(a, b).map(+))
      #expect(place.binary(a, b) { table.multiply(size, $0, $1, $2) } == zip(a, b).map(*))
    }
    for place in Placement.unary {
      #expect(place.unary(a) { table.add_constant(size, c, $0, $1) } == a.map { $0 + c })
      #expect(place.unary(a) { table.scale(size, c, $0, $1) } == a.map { $0 * c })
    }
  }

  @Test(
    "Rounding to bfloat16 is to the nearest, ties to even, also in place", arguments: tables, sizes)
  func rounding(kernels: KernelSet, size: Int) {
    var random = RandomNumbers(seed: size)
    let special: [Float] = [
      0, -0.0, .infinity, -.infinity, .nan, .greatestFiniteMagnitude, .leastNonzeroMagnitude,
      Float(bitPattern: 0x3F80_8000), Float(bitPattern: 0x3F81_8000),
      Float(bitPattern: 0x3F80_8001),
      Float(bitPattern: 0x7F80_0001), Float(bitPattern: 0xFFFF_FFFF),
    ]
    let x =
      (special
      + (0..<size).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: random.next())) })
      .suffix(size + special.count)
    let expected = x.map(\.brainFloatBits)
    var apart = [UInt16](repeating: 7, count: x.count)
    kernels.table.round_bf16(x.count, Array(x), &apart)
    var place = Array(x)
    place.withUnsafeMutableBytes { bytes in
      guard let start = bytes.baseAddress else { return }
      kernels.table.round_bf16(
        x.count, start.assumingMemoryBound(to: Float.self),
        start.assumingMemoryBound(to: UInt16.self))
      let found = Array(bytes.bindMemory(to: UInt16.self).prefix(x.count))
      #expect(found == apart)
    }
    for (index, bits) in expected.enumerated() {
      let isNaN = Float(brainFloat: bits).isNaN
      #expect(isNaN ? Float(brainFloat: apart[index]).isNaN : apart[index] == bits)
    }
  }

  @Test("Activations are precise to a few units in the last place", arguments: tables, sizes)
  func activations(kernels: KernelSet, size: Int) {
    var random = RandomNumbers(seed: size)
    let x = random.floats(size, from: -12, to: 12)
    for function in TestedFunction.allCases {
      for place in Placement.unary {
        let y = place.unary(x) { kernels.table.activate(function.kernel, size, $0, $1) }
        expect(y, x.map { function.exact(Double($0)) }, "\(function)") {
          function.tolerance(Double(x[$0]), $1)
        }
      }
    }
  }

  @Test("Activations keep to their limits at the ends of the range", arguments: tables)
  func specialValues(kernels: KernelSet) {
    let tiny = Float.leastNonzeroMagnitude
    let x: [Float] = [
      0, -0.0, tiny, -tiny, 1e-30, -1e-30, 20, -20, 88.5, 88.72, -86, 100, -100, 1e30, -1e30,
      .greatestFiniteMagnitude, .infinity, -.infinity, .nan,
    ]
    for function in TestedFunction.allCases {
      var y = [Float](repeating: 7, count: x.count)
      kernels.table.activate(function.kernel, x.count, x, &y)
      for (x, y) in zip(x, y) {
        let exact = function.exact(Double(x))
        if exact.isNaN || x == -.infinity && function.isNaNAtMinusInfinity {
          #expect(y.isNaN, "\(function)(\(x)) = \(y)")
        } else if Float(exact).isInfinite {
          #expect(y == Float(exact), "\(function)(\(x)) = \(y)")
        } else {
          let bound = max(function.tolerance(Double(x), exact), 0x1p-125)
          #expect(abs(Double(y) - exact) <= bound, "\(function)(\(x)) = \(y), not \(exact)")
        }
      }
    }
  }

  @Test("An exponential overflows to infinity and underflows to zero", arguments: tables)
  func exponentialRange(kernels: KernelSet) {
    // The last 32-bit numbers on either side of the largest float's logarithm.
    let x: [Float] = [88.72283, 88.72284, 89, 1e10, -88, -104, -1e10]
    var y = [Float](repeating: 7, count: x.count)
    kernels.table.activate(CK_EXP, x.count, x, &y)
    #expect(y[0].isFinite && y[0] > 3.4e38)
    #expect(y[1...3].allSatisfy { $0 == .infinity })
    #expect(y[4...].allSatisfy { $0 == 0 })
  }

  @Test("Rows of a panel are added and subtracted as lists say", arguments: tables)
  func laneSums(kernels: KernelSet) {
    var random = RandomNumbers(seed: 3)
    let lanes = Int(ck_lanes)
    let panel = random.floats(50 * lanes)
    for (plus, minus) in [([], []), ([3], []), ([], [49]), ([0, 7, 7, 21], [1, 48, 2])]
      as [([Int], [Int])]
    {
      let expected = (0..<lanes).map { lane in
        let added = plus.reduce(Float(0)) { sum, row in sum + panel[row * lanes + lane] }
        return minus.reduce(added) { sum, row in sum - panel[row * lanes + lane] }
      }
      var (narrow, wide) = (
        [Float](repeating: 7, count: lanes), [Float](repeating: 7, count: lanes)
      )
      kernels.table.lane_sums_16(
        plus.count, plus.map(UInt16.init), minus.count, minus.map(UInt16.init), panel, &narrow)
      kernels.table.lane_sums_32(
        plus.count, plus.map(UInt32.init), minus.count, minus.map(UInt32.init), panel, &wide)
      #expect(zip(narrow, expected).allSatisfy { abs($0 - $1) < 1e-5 })
      #expect(narrow == wide)
    }
  }

  @Test("Rows become lanes of a panel, and back", arguments: tables, [1, 15, 16, 17, 100])
  func lanes(kernels: KernelSet, columns: Int) {
    var random = RandomNumbers(seed: columns)
    let lanes = Int(ck_lanes)
    for rows in [1, 33, lanes] {
      let x = random.floats(rows * (columns + 3))
      var panel = [Float](repeating: 7, count: columns * lanes)
      kernels.table.lanes_of_rows(rows, columns, x, columns + 3, &panel)
      for i in 0..<columns {
        for lane in 0..<lanes {
          #expect(panel[i * lanes + lane] == (lane < rows ? x[lane * (columns + 3) + i] : 0))
        }
      }
      var y = [Float](repeating: 7, count: rows * (columns + 2))
      kernels.table.rows_of_lanes(rows, columns, 2, panel, &y, columns + 2)
      for row in 0..<rows {
        for i in 0..<columns + 2 {
          let expected = i < columns ? 2 * x[row * (columns + 3) + i] : 7
          #expect(row == rows - 1 && i >= columns || y[row * (columns + 2) + i] == expected)
        }
      }
    }
  }

  @Test("Bits of two planes become signs", arguments: tables, sizes)
  func signs(kernels: KernelSet, size: Int) {
    var random = RandomNumbers(seed: size)
    let plus = (0..<(size + 30) / 8 + 2).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    let minus = plus.map { UInt8(truncatingIfNeeded: random.next()) & ~$0 }
    for first in [0, 1, 7, 8, 21] {
      let expected = (first..<first + size).map { place in
        let (byte, bit) = (place / 8, UInt8(place % 8))
        let (isPlus, isMinus) = (plus[byte] >> bit & 1 == 1, minus[byte] >> bit & 1 == 1)
        return isPlus ? Float(1) : isMinus ? -1 : 0
      }
      var (y, halves) = (
        [Float](repeating: 7, count: size), [UInt16](repeating: 7, count: size)
      )
      kernels.table.unpack_signs(size, first, plus, minus, 0.25, &y)
      kernels.table.unpack_half_signs(size, first, plus, minus, &halves)
      #expect(y == expected.map { 0.25 * $0 })
      #expect(halves.map { Float(brainFloat: $0) } == expected)
    }
  }

  @Test("Every 16-bit float is widened exactly", arguments: tables)
  func widening(kernels: KernelSet) {
    let bits = (0...UInt16.max).map { $0 }
    var (half, brain) = (
      [Float](repeating: 7, count: bits.count), [Float](repeating: 7, count: bits.count)
    )
    kernels.table.widen_f16(bits.count, bits, &half)
    kernels.table.widen_bf16(bits.count, bits, &brain)
    let wrong = bits.indices.filter {
      half[$0].bitPattern != Float(halfPrecision: bits[$0]).bitPattern
        || brain[$0].bitPattern != UInt32(bits[$0]) << 16
    }
    #expect(wrong.isEmpty)
  }

  @Test(
    "A few 16-bit floats are widened, and nothing behind them written", arguments: tables, sizes)
  func shortWidening(kernels: KernelSet, size: Int) {
    let bits = (0..<UInt16(size + 1)).map { $0 &* 997 }
    bits.withUnsafeBufferPointer { bits in
      // An odd address, as a part of a row may have.
      guard let start = bits.baseAddress else { return }
      for (widen, exact) in [
        ({ kernels.table.widen_f16($0, $1, $2) }, { Float(halfPrecision: $0) }),
        ({ kernels.table.widen_bf16($0, $1, $2) }, { Float(brainFloat: $0) }),
      ] as [(Widening, (UInt16) -> Float)] {
        var y = [Float](repeating: 7, count: size + 16)
        widen(size, start + 1, &y)
        #expect(y.prefix(size).map(\.bitPattern) == bits[1...size].map { exact($0).bitPattern })
        #expect(y.dropFirst(size).allSatisfy { $0 == 7 })
      }
    }
  }

  private typealias Widening = (Int, UnsafePointer<UInt16>, UnsafeMutablePointer<Float>) -> Void
}
