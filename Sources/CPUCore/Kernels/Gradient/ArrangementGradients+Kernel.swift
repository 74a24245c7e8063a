import ModelGraph

extension Zeros: Kernel {
  func run(_ call: KernelCall) { call.result.zero() }
}

extension Pad: Kernel {
  var readsParts: Bool { true }

  func run(_ call: KernelCall) {
    let (x, y) = (call.operands[0], call.result)
    y.zero()
    let (part, whole) = (x.layout.shape, y.layout.shape)
    if axis == whole.count - 1 {
      for row in 0..<x.rows { (y.row(row) + start).update(from: x.row(row), count: x.columns) }
      return
    }
    let inner = part[(axis + 1)...].dropLast().reduce(1, *)
    for row in 0..<x.rows {
      let (outer, place, rest) = (row / inner / part[axis], row / inner % part[axis], row % inner)
      y.row((outer * whole[axis] + start + place) * inner + rest).update(
        from: x.row(row), count: x.columns)
    }
  }
}

extension Join: RowKernel {
  var readsParts: Bool { true }

  func run(_ call: KernelCall) {
    let y = call.result
    let whole = y.columns / groups
    call.workers.runRows(y.rows, columns: y.columns) { rows in
      for row in rows {
        var start = 0
        for operand in call.operands {
          let part = operand.columns / groups
          for group in 0..<groups {
            (y.row(row) + group * whole + start).update(
              from: operand.row(row) + group * part, count: part)
          }
          start += part
        }
      }
    }
  }
}

extension Unpatch: Kernel {
  var readsParts: Bool { true }

  func run(_ call: KernelCall) {
    let (x, y) = (call.operands[0], call.result)
    let (count, features) = (x.layout.shape[1], x.columns)
    call.workers.run(x.layout.shape[0] * features) { task, _ in
      let (image, feature) = (task / features, task % features)
      let plane = y.floats + task * count
      for place in 0..<count { plane[place] = x.row(image * count + place)[feature] }
    }
  }
}

extension PlaceToken: Kernel {
  var readsParts: Bool { true }

  func run(_ call: KernelCall) {
    let (x, y) = (call.operands[0], call.result)
    y.zero()
    let length = y.layout.shape[1]
    for row in 0..<x.rows {
      let place = position.place(
        row: row, operand: call.operands.count > 1 ? call.operands[1] : nil, length: length)
      y.row(row * length + place).update(from: x.row(row), count: x.columns)
    }
  }
}

extension NumberView {
  /// Fills a view of 32-bit floats without gaps with zeros.
  func zero() { floats.update(repeating: 0, count: layout.count) }
}
