import ModelGraph

extension Patches: MovingKernel {
  func move<Entry>(_ call: KernelCall, as type: Entry.Type) {
    let (x, y) = (call.operands[0], call.result)
    let (count, features) = (y.layout.shape[1], y.columns)
    call.workers.runRows(y.rows, columns: features) { rows in
      for row in rows {
        let source = x.row(0, of: type) + row / count * features * count + row % count
        let line = y.row(row, of: type)
        for feature in 0..<features { line[feature] = source[feature * count] }
      }
    }
  }
}
