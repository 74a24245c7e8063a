import CKernels
import ModelGraph
import PeftBasics

/// Sums in the order of the rows, whatever the number of threads.
extension SumTo: Kernel {
  var readsParts: Bool { true }

  /// Entries that a task adds up side by side.
  private static let blockColumns = 256

  func run(_ call: KernelCall) {
    let (x, y) = (call.operands[0], call.result)
    let sources = RepeatedRows(y.layout, over: x.layout)
    if y.columns == 1, x.columns > 1 {
      sumRows(call, sources)
      return
    }
    let blocks = y.columns.dividedRoundingUp(by: Self.blockColumns)
    call.workers.run(sources.rowCount * blocks) { task, _ in
      let start = task % blocks * Self.blockColumns
      let count = min(Self.blockColumns, y.columns - start)
      let line = y.row(task / blocks) + start
      line.update(repeating: 0, count: count)
      sources.forEachSource(of: task / blocks) { row in
        ck_add(count, line, x.row(row) + start, line)
      }
    }
  }

  private func sumRows(_ call: KernelCall, _ sources: RepeatedRows) {
    let (x, y) = (call.operands[0], call.result)
    call.workers.runRows(sources.rowCount, columns: x.layout.count / max(1, sources.rowCount)) {
      rows in
      for row in rows {
        var total: Float = 0
        sources.forEachSource(of: row) { source in
          var sum: Float = 0
          ck_sum(x.columns, x.row(source), &sum)
          total += sum
        }
        y.row(row)[0] = total
      }
    }
  }
}

/// Which rows of a larger shape each row of a smaller one was repeated into.
private struct RepeatedRows {
  let rowCount: Int
  /// For each axis but the last, outermost first: its size, whether the smaller shape has it, and the
  /// rows from one entry to the next in the larger one.
  private let axes: [(size: Int, isKept: Bool, step: Int)]

  init(_ small: Layout, over large: Layout) {
    let missing = large.shape.count - small.shape.count
    let own = [Int](repeating: 1, count: missing) + small.shape
    var axes: [(size: Int, isKept: Bool, step: Int)] = []
    var step = 1
    for axis in large.shape.indices.dropLast().reversed() {
      axes.append((large.shape[axis], own[axis] == large.shape[axis], step))
      step *= large.shape[axis]
    }
    self.axes = axes.reversed()
    rowCount = small.rows
  }

  func forEachSource(of row: Int, _ body: (Int) -> Void) {
    var (rest, start) = (row, 0)
    for axis in axes.reversed() where axis.isKept {
      start += rest % axis.size * axis.step
      rest /= axis.size
    }
    visit(axes[...].filter { !$0.isKept }[...], from: start, body)
  }

  private func visit(
    _ axes: ArraySlice<(size: Int, isKept: Bool, step: Int)>, from start: Int,
    _ body: (Int) -> Void
  ) {
    guard let axis = axes.first else { return body(start) }
    for index in 0..<axis.size { visit(axes.dropFirst(), from: start + index * axis.step, body) }
  }
}
