import ModelGraph
import PeftTensors
import PeftTestSupport
import Testing

@testable import CPUCore

/// Products of which one factor is packed entries of −s, 0 and s: as lists of places where few are not 0, as
/// planes of bits otherwise.
@Suite("Products with packed factors") struct PackedProductTests {
  static let densities = [0.03, 0.4]
  /// The last ones have several tiles, and parts of 64 and of 256.
  static let sizes = [
    [1, 1, 1], [3, 17, 2], [5, 64, 33], [65, 31, 70], [130, 20, 15], [7, 3, 1030], [300, 5, 65],
  ]

  @Test("Either factor may be packed, and either transposed", arguments: sizes, densities)
  func factors(sizes: [Int], density: Double) throws {
    let (m, k, n) = (sizes[0], sizes[1], sizes[2])
    for (first, second) in [(false, false), (true, false), (false, true), (true, true)] {
      // Each way in one precision, where all in both are not wanted: the references are slow.
      for precision in Precision.allCases
      where LongTests.areWanted || (first == second) == (precision == .f32) {
        var example = Example(seed: m + k + n)
        example.precision = precision
        let (left, right) = (first ? [k, m] : [m, k], second ? [n, k] : [k, n])
        let product = MatrixProduct(transposesFirst: first, transposesSecond: second)
        let packedFirst = try example.packedParameter(left, density: density)
        let packedSecond = try example.packedParameter(right, density: density)
        example.output(
          try example.apply(product, packedFirst, example.input(right)),
          try example.apply(product, example.input(left), packedSecond))
        try example.checkSums(tolerance: precision == .f32 ? Tolerance.sums : 0.01)
      }
    }
  }

  @Test("A layer may have packed weights, for rows of several axes", arguments: densities)
  func layers(density: Double) throws {
    for layout in [Linear.Layout.outIn, .inOut] {
      var example = Example(seed: 3)
      let weight = try example.packedParameter(
        layout == .outIn ? [33, 70] : [70, 33], density: density)
      let y = try example.apply(
        Linear(layout: layout), example.input([2, 37, 70]), weight, example.parameter([33]))
      let scaled = try example.apply(Scale(by: -2), example.apply(Activation(.relu), y))
      example.output(try example.apply(Add(), scaled, example.input([2, 37, 33])))
      #expect(try example.program.steps.count == 1)
      try example.check()
    }
  }

  @Test("Parts of the packed matrix are read where they are", arguments: densities)
  func parts(density: Double) throws {
    var example = Example(seed: 4)
    let whole = try example.packedParameter([40, 7, 10], density: density)
    let matrix = try example.apply(Reshape([40, 70]), whole)
    let part = try example.apply(
      Slice(axis: 1, 3..<65), example.apply(Slice(axis: 0, 0..<33), matrix))
    let product = MatrixProduct(transposesFirst: true)
    example.output(
      try example.apply(MatrixProduct(), part, example.input([62, 20])),
      try example.apply(product, part, example.input([33, 20])),
      try example.apply(MatrixProduct(), example.input([20, 33]), part),
      try example.apply(Linear(), example.input([2, 9, 62]), part))
    #expect(try example.program.steps.count == 4)
    try example.checkSums()
  }

  @Test("What reads no packed entries gets them unpacked", arguments: densities)
  func unpacked(density: Double) throws {
    var example = Example(seed: 5)
    let packed = try example.packedParameter([6, 5, 4], density: density)
    let other = try example.packedParameter([20, 6], density: density)
    let matrix = try example.apply(Reshape([6, 20]), packed)
    example.output(
      packed, try example.apply(Multiply(), packed, example.input([6, 5, 4])),
      try example.apply(MatrixProduct(), packed, example.input([6, 4, 3])),
      try example.apply(MatrixProduct(), matrix, other),
      try example.apply(Permute([1, 0, 2]), packed),
      try example.apply(Reshape([5, 6]), example.apply(Slice(axis: 1, 3..<8), matrix)),
      try example.apply(MatrixProduct(), matrix, example.input([2, 20, 3])))
    try example.checkSums()
  }

  @Test("A packed factor that is added to a weight, rounded for the layer", arguments: densities)
  func updatedWeight(density: Double) throws {
    for isTransposed in [false, true] {
      var example = Example(seed: 6)
      example.precision = .bf16
      let basis = try example.packedParameter([80, 24], density: density)
      var update = try example.apply(MatrixProduct(), basis, example.parameter([24, 24]))
      if isTransposed { update = try example.apply(Permute([1, 0]), update) }
      let weight = try example.parameter(isTransposed ? [24, 80] : [80, 24])
      let sum = try example.apply(Add(), weight, example.apply(Scale(by: 0.5), update))
      example.output(
        try example.apply(Linear(), example.input([90, isTransposed ? 80 : 24]), sum))
      try example.checkSums(tolerance: 0.01)
    }
  }

  @Test("The bits do not depend on the number of threads", arguments: densities)
  func threads(density: Double) throws {
    for precision in Precision.allCases {
      var example = Example(seed: 7)
      example.precision = precision
      let packed = try example.packedParameter([300, 70], density: density)
      example.output(
        try example.apply(MatrixProduct(), packed, example.input([70, 200])),
        try example.apply(MatrixProduct(), example.input([520, 300]), packed))
      let results = try [1, 2, 4].map { threads in
        try example.executor(threads: threads).run(example.inputTensors)
      }
      for name in ["output0", "output1"] {
        let bits = try results.map { try #require($0[name]).floats() }
        #expect(bits[0] == bits[1] && bits[0] == bits[2])
      }
    }
  }

  @Test(
    "Nothing is multiplied where few entries are not 0: what is added is counted",
    arguments: densities)
  func counts(density: Double) throws {
    var example = Example(seed: 9)
    let packed = try example.packedParameter([300, 70], density: density)
    example.output(
      try example.apply(MatrixProduct(), packed, example.input([70, 20])),
      try example.apply(MatrixProduct(), example.input([11, 300]), packed))
    let work = try example.program.work().map(\.total).reduce(ProgramWork(), +)
    let pairs = Double(300 * 70 * (20 + 11))
    let isListed = density < 0.125
    #expect(work.operations == (isListed ? 0 : 2 * pairs))
    #expect(abs(work.additions - (isListed ? density * pairs : 0)) < 1e-6)
  }

  @Test("A tensor must be packed exactly where the plan says so")
  func mismatch() throws {
    var example = Example(seed: 8)
    let packed = try example.packedParameter([5, 4], density: 0.5)
    example.output(try example.apply(MatrixProduct(), packed, example.input([4, 3])))
    let id = try #require(example.graph.parameter(named: "parameter0"))
    let dense = Tensor([Float](repeating: 1, count: 20), shape: [5, 4])
    #expect(throws: RunError.self) {
      try Executor(example.program, parameters: [id: dense], threads: 1)
    }
  }
}
