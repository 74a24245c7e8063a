import CKernels
import ModelGraph

/// A copy without gaps, as 32-bit floats where the operand is floating-point.
struct Widen: Kernel {
  var readsParts: Bool { true }
  func widens(operand: Int) -> Bool { true }
  func unpacks(operand: Int) -> Bool { true }

  func run(_ call: KernelCall) {
    let (x, y) = (call.operands[0], call.result)
    call.workers.runRows(x.rows, columns: x.columns) { rows in
      for row in rows { x.widen(row: row, 0..<x.columns, into: y, row: row) }
    }
  }
}

extension NumberView {
  /// Copies a part of a floating-point row as 32-bit floats.
  func widen(row: Int, _ columns: Range<Int>, into y: UnsafeMutablePointer<Float>) {
    let start = row * stride + columns.lowerBound
    switch element {
    case .float16:
      ck_widen_f16(columns.count, address.assumingMemoryBound(to: UInt16.self) + start, y)
    case .bfloat16:
      ck_widen_bf16(columns.count, address.assumingMemoryBound(to: UInt16.self) + start, y)
    case .ternary:
      let first = self.start + start
      ternary.unpack(first..<first + columns.count, scale: ternary.pointee.scale, into: y)
    default: y.update(from: floats + start, count: columns.count)
    }
  }

  /// Copies a part of a row of any kind; indices and masks become floats where `y` is of them.
  fileprivate func widen(row: Int, _ columns: Range<Int>, into y: NumberView, row target: Int) {
    switch (element, y.element) {
    case (.index, .index):
      y.indices(target).update(from: indices(row) + columns.lowerBound, count: columns.count)
    case (.mask, .mask):
      y.mask(target).update(from: mask(row) + columns.lowerBound, count: columns.count)
    case (.index, _): for i in columns { y.row(target)[i] = Float(indices(row)[i]) }
    case (.mask, _): for i in columns { y.row(target)[i] = Float(mask(row)[i]) }
    case (.bfloat16, .bfloat16), (.float16, .float16):
      y.row(target, of: UInt16.self).update(
        from: self.row(row, of: UInt16.self) + columns.lowerBound, count: columns.count)
    default: widen(row: row, columns, into: y.row(target))
    }
  }
}
