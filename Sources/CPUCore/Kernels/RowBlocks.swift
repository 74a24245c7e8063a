import CKernels
import ModelGraph
import PeftBasics

/// A kernel that computes each row of its result from that row of its operands, or from operands of one row that
/// all have in common.
protocol RowKernel: Kernel {
  func run(_ call: KernelCall)
}

/// A kernel of rows that computes in 32 bits while operands or the result are stored in bfloat16: some rows at a
/// time are widened, computed and rounded in the cache, and never in memory.
struct RowBlocks: Kernel {
  private let base: any RowKernel
  /// Whether an operand is read row by row, by its position.
  private let isRowwise: [Bool]
  /// What the result is stored in.
  let element: ElementType

  /// Entries of a block: few enough that operands and result stay in the cache.
  private static let blockEntries = 1 << 14

  /// Nil where the kernel does not work that way on these operands, or all are of 32 bits.
  init?(_ kernel: any Kernel, _ operands: [Operand], result: [Int], element: ElementType) {
    let rows = Layout(result).rows
    guard let base = kernel as? any RowKernel,
      operands.allSatisfy({ $0.layout.rows == rows || $0.layout.rows == 1 })
    else { return nil }
    self.base = base
    self.element = element
    isRowwise = operands.map { $0.layout.rows == rows }
    let isHalf = zip(operands, isRowwise).contains { $0.element == .bfloat16 && $1 }
    guard isHalf || element == .bfloat16 else { return nil }
  }

  var readsParts: Bool { base.readsParts }
  func widens(operand: Int) -> Bool { isRowwise[operand] }
  var overwritten: Int? { base.overwritten }
  var overwriting: Int { base.overwriting }
  var obstacle: String? { base.obstacle }

  func scratchBytes(operands: [Operand], results: [Operand]) -> Int {
    let columns = operands.filter(\.element.isHalf).map(\.layout.columns)
    return 4 * blockRows(results[0].layout)
      * (columns.reduce(0, +) + results[0].layout.columns)
  }

  private func blockRows(_ result: Layout) -> Int {
    max(1, Self.blockEntries / max(1, result.columns))
  }

  func run(_ call: KernelCall) {
    let result = call.result
    let size = blockRows(result.layout)
    call.workers.run(result.rows.dividedRoundingUp(by: size)) { task, scratch in
      let rows = task * size..<min(result.rows, (task + 1) * size)
      var space = RowSpace(start: scratch.assumingMemoryBound(to: Float.self), rows: rows)
      let operands = zip(call.operands, isRowwise).map { operand, isRowwise in
        isRowwise ? space.widened(operand) : operand.asRow
      }
      let target = element == .bfloat16 ? space.block(result.columns) : result.part(rows)
      base.run(
        KernelCall(
          operands: operands, results: [target], workers: Workers(alone: space.start),
          module: call.module))
      guard element == .bfloat16 else { return }
      for (number, row) in rows.enumerated() {
        ck_round_bf16(result.columns, target.row(number), result.row(row, of: UInt16.self))
      }
    }
  }
}

/// A worker's memory for some rows of several values.
private struct RowSpace {
  private(set) var start: UnsafeMutablePointer<Float>
  let rows: Range<Int>

  mutating func block(_ columns: Int) -> NumberView {
    defer { start += rows.count * columns }
    return NumberView(
      address: UnsafeMutableRawPointer(start), layout: Layout([rows.count, columns]),
      element: .float32)
  }

  mutating func widened(_ view: NumberView) -> NumberView {
    guard view.element.isHalf else { return view.part(rows) }
    let block = block(view.columns)
    for (number, row) in rows.enumerated() {
      view.widen(row: row, 0..<view.columns, into: block.row(number))
    }
    return block
  }
}

extension NumberView {
  /// Some of the rows.
  fileprivate func part(_ rows: Range<Int>) -> NumberView {
    NumberView(
      address: address + rows.lowerBound * stride * element.byteCount,
      layout: Layout([rows.count, columns], stride: stride), element: element)
  }

  /// The only row, without other axes.
  fileprivate var asRow: NumberView {
    NumberView(address: address, layout: Layout([columns]), element: element)
  }
}
