import CKernels
import ModelGraph
import PeftBasics

/// A task adds up some columns of all rows, so that the order of the additions is always the same.
extension EmbeddingGradient: Kernel {
  func run(_ call: KernelCall) {
    let (indices, gradient, y) = (call.operands[0], call.operands[1], call.result)
    let width = 64
    call.workers.run(y.columns.dividedRoundingUp(by: width)) { task, _ in
      let columns = task * width..<min(y.columns, (task + 1) * width)
      for row in 0..<y.rows {
        (y.row(row) + columns.lowerBound).update(repeating: 0, count: columns.count)
      }
      for row in 0..<gradient.rows {
        let index = Int(indices.indices(0)[row])
        if index == padding { continue }
        let line = y.row(index) + columns.lowerBound
        ck_add(columns.count, line, gradient.row(row) + columns.lowerBound, line)
      }
    }
  }
}

extension RelativePositionBiasGradient: Kernel {
  func run(_ call: KernelCall) {
    let (x, y) = (call.operands[0], call.result)
    let (queries, keys) = (x.layout.shape[2], x.layout.shape[3])
    y.zero()
    guard x.layout.count > 0 else { return }
    let rows = (1 - queries..<keys).map { bias.bucket(distance: $0, of: y.rows) }
    call.workers.run(y.columns) { head, _ in
      for query in 0..<queries {
        let line = x.row(head * queries + query)
        for key in 0..<keys { y.row(rows[key - query + queries - 1])[head] += line[key] }
      }
    }
  }
}
