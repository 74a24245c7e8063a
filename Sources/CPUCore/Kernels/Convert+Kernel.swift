import CKernels
import ModelGraph

/// A product that makes its operand rounds it right away.
extension Convert: Kernel, AbsorbedOperator {
  var absorption: Absorption? { .rounded(element) }
  var readsParts: Bool { true }
  func widens(operand: Int) -> Bool { true }
  var obstacle: String? { element == .bfloat16 ? nil : "numbers are rounded to bfloat16 only" }

  func run(_ call: KernelCall) {
    let (x, y) = (call.operands[0], call.result)
    call.workers.runRows(x.rows, columns: x.columns) { rows in
      for row in rows { x.round(row: row, 0..<x.columns, into: y.row(row, of: UInt16.self)) }
    }
  }
}

extension NumberView {
  /// Rounds a part of a floating-point row to bfloat16.
  func round(row: Int, _ columns: Range<Int>, into y: UnsafeMutablePointer<UInt16>) {
    switch element {
    case .bfloat16:
      y.update(from: self.row(row, of: UInt16.self) + columns.lowerBound, count: columns.count)
    case .float16: roundHalves(row: row, columns, into: y)
    default: ck_round_bf16(columns.count, self.row(row) + columns.lowerBound, y)
    }
  }

  private func roundHalves(row: Int, _ columns: Range<Int>, into y: UnsafeMutablePointer<UInt16>) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 256) { block in
      guard let space = block.baseAddress else { return }
      for start in Swift.stride(from: columns.lowerBound, to: columns.upperBound, by: block.count) {
        let part = start..<min(columns.upperBound, start + block.count)
        widen(row: row, part, into: space)
        ck_round_bf16(part.count, space, y + (start - columns.lowerBound))
      }
    }
  }
}
