import PeftTensors
import PeftTestSupport
import Testing

@testable import CPUCore
@testable import ModelGraph

/// The products of a build without oneDNN, which every build has.
@Suite("Products through CBLAS") struct CBLASProductsTests {
  /// How a product reads its factors, and what becomes of its result.
  struct Way: CustomTestStringConvertible {
    let element: ElementType
    let aIsTransposed: Bool
    let bIsTransposed: Bool
    let scale: Float
    let adding: Bool

    var testDescription: String {
      "\(element), \(aIsTransposed ? "Aᵀ" : "A") \(bIsTransposed ? "Bᵀ" : "B"), "
        + "\(scale)\(adding ? ", added" : "")"
    }
  }

  private static let both = [false, true]
  static let ways = [ElementType.float32, .bfloat16].flatMap { element in
    both.flatMap { a in
      both.flatMap { b in
        [Float(1), 0.25].flatMap { scale in
          both.map {
            Way(
              element: element, aIsTransposed: a, bIsTransposed: b, scale: scale, adding: $0)
          }
        }
      }
    }
  }

  @Test("Are sums of products, whatever the factors' layout and floats", arguments: ways)
  func definition(way: Way) throws {
    var random = RandomNumbers(seed: 6)
    let (rows, columns, depth) = (19, 33, 40)
    // Parts of wider rows.
    let a = Factor(rows, depth, isTransposed: way.aIsTransposed, padding: 3, &random)
    let b = Factor(depth, columns, isTransposed: way.bIsTransposed, padding: 2, &random)
    let stride = columns + 5
    let before = (0..<rows * stride).map { _ in Float(random.real()) }
    var result = before
    let run: Void? = WorkerThread.run {
      let library = CBLASProducts()
      result.withUnsafeMutableBufferPointer { result in
        guard let start = result.baseAddress else { return }
        a.withFactor(way.element) { a in
          b.withFactor(way.element) { b in
            let product = Multiplication(
              a: a, b: b, rows: rows, columns: columns, depth: depth, scale: way.scale,
              adding: way.adding, result: start, stride: stride)
            if way.element == .bfloat16 {
              library.multiplyHalves(product)
            } else {
              library.multiplySingles(product)
            }
          }
        }
      }
    }
    try #require(run != nil)
    for row in 0..<rows {
      for column in 0..<stride {
        let place = row * stride + column
        var expected = Double(before[place])
        if column < columns {
          let sum = (0..<depth).reduce(0.0) { $0 + a[row, $1] * b[$1, column] }
          expected = Double(way.scale) * sum + (way.adding ? expected : 0)
        }
        #expect(abs(Double(result[place]) - expected) < 1e-5)
      }
    }
  }

  @Test("Are computed by one thread, the one that asks")
  func oneThread() throws {
    typealias Count = @convention(c) () -> CInt
    // Accelerate has no such call.
    guard let count = LoadedSymbol.find("openblas_get_num_threads", as: Count.self) else { return }
    let threads = WorkerThread.run {
      _ = CBLASProducts()
      return count()
    }
    #expect(threads == 1)
  }

  @Test("Say which kernels they are")
  func kernels() {
    #expect(CBLASProducts.kernels.hasPrefix("OpenBLAS ") || CBLASProducts.kernels == "CBLAS")
    #expect(Processor.kernels.hasSuffix(Products.kernels))
  }
}

/// A matrix whose entries bfloat16 holds.
private struct Factor {
  private let isTransposed: Bool
  private let stride: Int
  private let entries: [Float]

  init(
    _ rows: Int, _ columns: Int, isTransposed: Bool, padding: Int, _ random: inout RandomNumbers
  ) {
    self.isTransposed = isTransposed
    stride = (isTransposed ? rows : columns) + padding
    entries = (0..<(isTransposed ? columns : rows) * stride).map { _ in
      Float(brainFloat: Float(random.real()).brainFloatBits)
    }
  }

  subscript(row: Int, column: Int) -> Double {
    Double(entries[isTransposed ? column * stride + row : row * stride + column])
  }

  func withFactor(_ element: ElementType, _ body: (MatrixFactor) -> Void) {
    func call(_ bytes: UnsafeRawBufferPointer) {
      guard let start = bytes.baseAddress else { return }
      body(
        MatrixFactor(start: start, element: element, stride: stride, isTransposed: isTransposed))
    }
    if element == .bfloat16 {
      entries.map(\.brainFloatBits).withUnsafeBytes(call)
    } else {
      entries.withUnsafeBytes(call)
    }
  }
}
