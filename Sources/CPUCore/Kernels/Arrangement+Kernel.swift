import ModelGraph

/// A kernel that moves entries, whatever they stand for: real numbers, indices or a mask.
protocol MovingKernel: Kernel {
  func move<Entry>(_ call: KernelCall, as type: Entry.Type)
}

extension MovingKernel {
  func run(_ call: KernelCall) {
    switch call.result.element {
    case .float32, .float16, .bfloat16: move(call, as: Float.self)
    case .index: move(call, as: Int64.self)
    case .mask: move(call, as: UInt8.self)
    }
  }
}

/// A reshape of rows that do not lie one behind another: they are copied first.
extension Reshape: MovingKernel {
  func move<Entry>(_ call: KernelCall, as type: Entry.Type) {
    call.result.row(0, of: type).update(
      from: call.operands[0].row(0, of: type), count: call.result.layout.count)
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

extension Slice: MovingKernel {
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
      let size = own[axis]
      for index in 0..<outer {
        for place in 0..<size {
          let target = y.row(0, of: type) + ((index * shape[axis]) + start + place) * inner
          for entry in 0..<inner {
            target[entry] =
              x[
                position((index * size + place) * inner + entry, outer: shape, size: size, own: own)
              ]
          }
        }
      }
      start += size
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

extension Permute: MovingKernel {
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
