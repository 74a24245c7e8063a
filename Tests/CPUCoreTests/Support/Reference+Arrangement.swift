import ModelGraph

extension Reshape: ReferenceOperator {
  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    [Reals(operands[0].entries, shape: shapes[0])]
  }
}

extension Permute: ReferenceOperator {
  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    [
      Reals(shapes[0]) { index in
        var source = index
        for (axis, old) in order.enumerated() { source[old] = index[axis] }
        return operands[0][source]
      }
    ]
  }
}

extension StopGradient: ReferenceOperator {
  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] { operands }
}

extension Slice: ReferenceOperator {
  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    [
      Reals(shapes[0]) { index in
        var source = index
        source[axis] += start
        return operands[0][source]
      }
    ]
  }
}

extension Split: ReferenceOperator {
  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    let whole = operands[0].width / groups
    return sizes.indices.map { part in
      let before = sizes[..<part].reduce(0, +) / groups
      let size = sizes[part] / groups
      return Reals(shapes[part]) { index in
        let column = index[index.count - 1]
        return operands[0][index.dropLast() + [column / size * whole + before + column % size]]
      }
    }
  }
}

extension Concatenate: ReferenceOperator {
  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    [
      Reals(shapes[0]) { index in
        var source = index
        for operand in operands {
          if source[axis] < operand.shape[axis] { return operand[source] }
          source[axis] -= operand.shape[axis]
        }
        return .nan
      }
    ]
  }
}
