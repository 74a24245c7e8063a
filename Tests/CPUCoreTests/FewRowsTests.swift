import CKernels
import PeftTensors
import PeftTestSupport
import Testing

/// Products of few rows with a matrix, in every instruction set.
@Suite("Products of few rows") struct FewRowsTests {
  static let tables = (0..<Int(ck_table_count())).map { KernelSet(index: Int32($0)) }
  static let sizes = [(1, 1, 1), (1, 5, 17), (2, 4, 16), (3, 7, 64), (4, 33, 100)]

  @Test("They are sums of products", arguments: tables, sizes)
  func sums(kernels: KernelSet, sizes: (Int, Int, Int)) {
    let (rows, count, size) = sizes
    var random = RandomNumbers(seed: rows + count)
    let weights = random.floats(count * (size + 3))
    let halves = weights.map(\.brainFloatBits)
    let table = kernels.table
    for (weights, isHalf) in [(weights, false), (halves.map { Float(brainFloat: $0) }, true)] {
      for isAdding in [false, true] {
        let before = random.floats(rows * max(count, size))
        let x = random.floats(rows * size)
        var y = before
        if isHalf {
          table.row_dots_bf16(
            rows, count, size, 0.5, x, size, halves, size + 3, isAdding ? 1 : 0, &y, count)
        } else {
          table.row_dots(
            rows, count, size, 0.5, x, size, weights, size + 3, isAdding ? 1 : 0, &y, count)
        }
        for row in 0..<rows {
          for column in 0..<count {
            let exact = (0..<size).reduce(isAdding ? Double(before[row * count + column]) : 0) {
              $0 + 0.5 * Double(x[row * size + $1]) * Double(weights[column * (size + 3) + $1])
            }
            #expect(abs(Double(y[row * count + column]) - exact) < 1e-5)
          }
        }
        let w = random.floats(rows * count)
        y = before
        if isHalf {
          table.row_sums_bf16(
            rows, count, size, 0.5, w, count, halves, size + 3, isAdding ? 1 : 0, &y, size)
        } else {
          table.row_sums(
            rows, count, size, 0.5, w, count, weights, size + 3, isAdding ? 1 : 0, &y, size)
        }
        for row in 0..<rows {
          for column in 0..<size {
            let exact = (0..<count).reduce(isAdding ? Double(before[row * size + column]) : 0) {
              $0 + 0.5 * Double(w[row * count + $1]) * Double(weights[$1 * (size + 3) + column])
            }
            #expect(abs(Double(y[row * size + column]) - exact) < 1e-5)
          }
        }
      }
    }
  }
}
