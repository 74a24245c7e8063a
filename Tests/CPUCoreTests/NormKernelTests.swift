import CKernels
import ModelGraph
import PeftTestSupport
import Testing

/// The loops over rows in every instruction set, against the operators' definitions.
@Suite("C kernels of rows") struct NormKernelTests {
  /// A sum whose roundings add up at random, then a root, a quotient and a product.
  private static func tolerance(_ terms: Int) -> Double {
    (8 + 2 * Double(terms).squareRoot()) * 0x1p-24
  }

  @Test(
    "Norms treat each row by itself, whatever the distance of rows",
    arguments: KernelTableTests.tables, KernelTableTests.sizes)
  func norms(kernels: KernelSet, size: Int) {
    var random = RandomNumbers(seed: size)
    let table = kernels.table
    let (rows, apart) = (3, size + 5)
    let x = random.floats(rows * apart, from: -1, to: 3)
    let (weight, bias) = (random.floats(size), random.floats(size))
    let (w, b) = (Reals(weight), Reals(bias))
    for place in Placement.unary {
      func expect(
        _ operation: any ReferenceOperator, _ others: [Reals],
        _ body: (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
      ) {
        let y = place.unary(x, body)
        for start in stride(from: 0, to: x.count, by: apart) {
          let row = Reals(Array(x[start..<start + size]))
          let expected = operation.evaluate([row] + others, as: [[size]])[0].entries
          CPUCoreTests.expect(Array(y[start..<start + size]), expected, "\(operation)") {
            Self.tolerance(size) * max(abs($1), 1)
          }
          let between = start + size..<start + apart
          #expect(between.allSatisfy { place.isUntouched(y[$0], was: x[$0]) })
        }
      }
      let norm = LayerNorm(epsilon: 0.5)
      expect(norm, []) { table.layer_norm(rows, size, 0.5, $0, apart, nil, nil, $1, apart) }
      expect(norm, [w]) { table.layer_norm(rows, size, 0.5, $0, apart, weight, nil, $1, apart) }
      expect(norm, [w, b]) { table.layer_norm(rows, size, 0.5, $0, apart, weight, bias, $1, apart) }
      expect(RMSNorm(epsilon: 0.5, weightOffset: 1), [w]) {
        table.rms_norm(rows, size, 0.5, 1, $0, apart, weight, $1, apart)
      }
      expect(UnitLength(), []) { table.unit_length(rows, size, $0, apart, $1, apart) }
    }
  }

  @Test(
    "The inverse of a row's length, whatever the distance of rows",
    arguments: KernelTableTests.tables, KernelTableTests.sizes)
  func inverseLengths(kernels: KernelSet, size: Int) {
    var random = RandomNumbers(seed: size)
    let (rows, apart) = (3, size + 5)
    let x = random.floats(rows * apart, from: -1, to: 3)
    var y: [Float] = [0, 0, 0, 7]
    kernels.table.inverse_length(rows, size, x, apart, &y)
    let expected = (0..<rows).map { row in
      let squares = x[row * apart..<row * apart + size].map { Double($0) * Double($0) }
      return 1 / squares.reduce(0, +).squareRoot()
    }
    expect(Array(y.prefix(rows)), expected, "inverse_length") { Self.tolerance(size) * abs($1) }
    #expect(y[rows] == 7)
  }

  @Test("A bias without a weight is added", arguments: KernelTableTests.tables)
  func biasAlone(kernels: KernelSet) {
    var y: [Float] = [0, 0]
    kernels.table.layer_norm(1, 2, 0, [1, 3], 2, nil, [5, 7], &y, 2)
    #expect(y == [4, 8])
  }

  @Test("A row of zeros has no direction", arguments: KernelTableTests.tables)
  func zeros(kernels: KernelSet) {
    var y: [Float] = [1, 1]
    kernels.table.unit_length(1, 2, [0, 0], 2, &y, 2)
    #expect(y.allSatisfy { $0.isNaN })
    kernels.table.rms_norm(1, 2, 1e-5, 0, [0, 0], 2, [1, 1], &y, 2)
    #expect(y == [0, 0])
  }

  @Test(
    "A softmax sums to one, far from zero too",
    arguments: KernelTableTests.tables, KernelTableTests.sizes)
  func softmaxes(kernels: KernelSet, size: Int) {
    var random = RandomNumbers(seed: size)
    for shift in [0.0, 1000, -1e6] {
      let x = random.floats(size, from: shift - 8, to: shift + 8)
      expectSoftmax(kernels, x)
    }
  }

  @Test(
    "A softmax leaves out what is −∞; all of that gives zeros",
    arguments: KernelTableTests.tables, KernelTableTests.sizes)
  func hiddenEntries(kernels: KernelSet, size: Int) {
    var random = RandomNumbers(seed: size)
    var x = random.floats(size)
    for index in x.indices where index % 3 == 1 { x[index] = -.infinity }
    expectSoftmax(kernels, x)
    expectSoftmax(kernels, [Float](repeating: -.infinity, count: size))
    x[size - 1] = .nan
    let spoilt = Placement.inPlace.unary(x) { kernels.table.softmax(size, $0, $1) }
    #expect(spoilt.allSatisfy { $0.isNaN })
  }

  private func expectSoftmax(_ kernels: KernelSet, _ x: [Float]) {
    for place in Placement.unary {
      let y = place.unary(x) { kernels.table.softmax(x.count, $0, $1) }
      expect(y, softmax(x.map(Double.init)), "softmax") { Self.tolerance(x.count) * max($1, 1e-3) }
    }
  }

  @Test(
    "What is not kept is hidden", arguments: KernelTableTests.tables, KernelTableTests.sizes)
  func hide(kernels: KernelSet, size: Int) {
    var random = RandomNumbers(seed: size)
    let x = random.floats(size)
    let keep = random.indices([size], below: 3).entries.map { UInt8($0) }
    let hidden = Placement.inPlace.unary(x) { kernels.table.hide(size, keep, $1) }
    #expect(hidden == zip(x, keep).map { $1 == 0 ? -Float.infinity : $0 })
  }

  @Test(
    "Pairs are turned by their angle", arguments: KernelTableTests.tables, KernelTableTests.sizes)
  func rotations(kernels: KernelSet, half: Int) {
    var random = RandomNumbers(seed: half)
    let x = random.floats(2 * half)
    let (cosine, sine) = (random.floats(half), random.floats(half))
    let expected = (0..<2 * half).map { index -> Double in
      let pair = index % half
      let (a, b) = (Double(x[pair]), Double(x[pair + half]))
      let (c, s) = (Double(cosine[pair]), Double(sine[pair]))
      return index < half ? a * c - b * s : b * c + a * s
    }
    for place in Placement.unary {
      let y = place.unary(x) { kernels.table.rotate(half, cosine, sine, $0, $1) }
      expect(y, expected, "rotate") { _, _ in 4 * 0x1p-24 }
    }
  }
}

extension Reals {
  fileprivate init(_ floats: [Float]) { self.init(floats.map(Double.init), shape: [floats.count]) }
}
