import ModelGraph

extension Reshape: ReferenceOperator {
  static var samples: [OperatorSample] {
    [OperatorSample(Reshape([8, 6]), .reals(2, 4, 6)), OperatorSample(Reshape([]), .reals(1))]
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    [Reals(operands[0].entries, shape: shapes[0])]
  }
}

extension Permute: ReferenceOperator {
  static var samples: [OperatorSample] {
    [
      OperatorSample(Permute([1, 2, 0]), .reals(2, 4, 6)),
      OperatorSample(Permute([1, 0]), .reals(3, 5)),
    ]
  }

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
  static var samples: [OperatorSample] {
    [OperatorSample(StopGradient(axis: 1, index: 2), .reals(3, 4, 1))]
  }

  static var stopsGradients: Bool { true }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] { operands }
}

extension Slice: ReferenceOperator {
  static var samples: [OperatorSample] {
    [(0, 1..<2), (1, 1..<3), (2, 0..<5)].map {
      OperatorSample(Slice(axis: $0, $1), .reals(2, 4, 6))
    }
  }

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
  static var samples: [OperatorSample] {
    [Split(sizes: [4, 2], groups: 2), Split(sizes: [1, 5])].map {
      OperatorSample($0, .reals(2, 4, 6))
    }
  }

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
  static var samples: [OperatorSample] {
    [
      OperatorSample(Concatenate(axis: 1), .reals(1, 1, 6), .reals(2, 4, 6)),
      OperatorSample(Concatenate(axis: 1), .reals(2, 3), .reals(2, 1), .reals(1, 2)),
    ]
  }

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
