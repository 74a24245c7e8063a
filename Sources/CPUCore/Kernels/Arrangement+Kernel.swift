import ModelGraph

/// A kernel that moves entries, whatever they stand for: real numbers, indices or a mask.
protocol MovingKernel: Kernel {
  func move<Entry>(_ call: KernelCall, as type: Entry.Type)
}

extension MovingKernel {
  func run(_ call: KernelCall) {
    switch call.result.element {
    case .float32, .float16, .bfloat16, .ternary: move(call, as: Float.self)
    case .index: move(call, as: Int64.self)
    case .mask: move(call, as: UInt8.self)
    }
  }
}

extension Split: MovingKernel {
  func move<Entry>(_ call: KernelCall, as type: Entry.Type) {
    let x = call.operands[0]
    let whole = x.columns / groups
    call.workers.runRows(x.rows, columns: x.columns) { rows in
      for row in rows {
        var start = 0
        for result in call.results {
          let part = result.columns / groups
          for group in 0..<groups {
            (result.row(row, of: type) + group * part).update(
              from: x.row(row, of: type) + group * whole + start, count: part)
          }
          start += part
        }
      }
    }
  }
}

extension Slice: MovingKernel, CommonOperator {
  func move<Entry>(_ call: KernelCall, as type: Entry.Type) {
    let (x, y) = (call.operands[0], call.result)
    let inner = x.layout.shape[(axis + 1)...].reduce(1, *)
    let outer = x.layout.shape[..<axis].reduce(1, *)
    let length = (end - start) * inner
    for index in 0..<outer {
      (y.row(0, of: type) + index * length).update(
        from: x.row(0, of: type) + (index * x.layout.shape[axis] + start) * inner, count: length)
    }
  }
}

extension Concatenate: MovingKernel {
  func move<Entry>(_ call: KernelCall, as type: Entry.Type) {
    let y = call.result
    let shape = y.layout.shape
    let inner = shape[(axis + 1)...].reduce(1, *)
    let outer = shape[..<axis].reduce(1, *)
    var start = 0
    for operand in call.operands {
      let (own, x) = (operand.layout.shape, operand.row(0, of: type))
      let length = own[axis] * inner
      let isStretched = own[..<axis] != shape[..<axis] || own[(axis + 1)...] != shape[(axis + 1)...]
      for index in 0..<outer {
        let target = y.row(0, of: type) + (index * shape[axis] + start) * inner
        guard isStretched else {
          target.update(from: x + index * length, count: length)
          continue
        }
        for entry in 0..<length {
          target[entry] =
            x[
              position(index * length + entry, outer: shape, size: own[axis], own: own)]
        }
      }
      start += own[axis]
    }
  }

  /// Where an entry of the stretched operand is in the operand itself.
  private func position(_ entry: Int, outer shape: [Int], size: Int, own: [Int]) -> Int {
    var (rest, step, result) = (entry, 1, 0)
    for index in shape.indices.reversed() {
      let length = index == axis ? size : shape[index]
      if own[index] > 1 { result += rest % length * step }
      rest /= length
      step *= own[index]
    }
    return result
  }
}

extension Permute: AbsorbedOperator {
  var absorption: Absorption? { order == [1, 0] ? .transposed : nil }
}

extension Permute: MovingKernel, CommonOperator {
  func move<Entry>(_ call: KernelCall, as type: Entry.Type) {
    let (x, y) = (call.operands[0], call.result)
    var steps = [Int](repeating: 1, count: order.count)
    for axis in order.indices.dropLast().reversed() {
      steps[axis] = steps[axis + 1] * x.layout.shape[axis + 1]
    }
    let (moved, source) = (order.map { steps[$0] }, x.row(0, of: type))
    call.workers.runRows(y.rows, columns: y.columns) { rows in
      for row in rows {
        var (rest, start) = (row, 0)
        for axis in order.indices.dropLast().reversed() {
          start += rest % y.layout.shape[axis] * moved[axis]
          rest /= y.layout.shape[axis]
        }
        let (line, step) = (y.row(row, of: type), moved.last ?? 1)
        for column in 0..<y.columns { line[column] = source[start + column * step] }
      }
    }
  }
}
