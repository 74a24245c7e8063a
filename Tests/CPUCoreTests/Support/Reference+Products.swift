import ModelGraph

extension Linear: ReferenceOperator {
  static var samples: [OperatorSample] {
    [[3], [2, 3], [2, 2, 3]].flatMap { (x: [Int]) -> [OperatorSample] in
      [
        OperatorSample(Linear(), .reals(x), .reals(4, 3)),
        OperatorSample(Linear(), .reals(x), .reals(4, 3), .reals(4)),
        OperatorSample(Linear(layout: .inOut), .reals(x), .reals(3, 4)),
        OperatorSample(Linear(layout: .inOut), .reals(x), .reals(3, 4), .reals(4)),
      ]
    }
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    let (x, weight) = (operands[0], operands[1])
    let bias = operands.count == 3 ? operands[2].entries : nil
    let outputs = shapes[0].last ?? 1
    var result: [Double] = []
    result.reserveCapacity(x.rowCount * outputs)
    x.entries.withUnsafeBufferPointer { x in
      weight.entries.withUnsafeBufferPointer { w in
        let inputs = weight.shape[layout == .outIn ? 1 : 0]
        for row in 0..<operands[0].rowCount {
          for output in 0..<outputs {
            var sum = bias?[output] ?? 0
            for input in 0..<inputs {
              let place = layout == .outIn ? output * inputs + input : input * outputs + output
              sum += x[row * inputs + input] * w[place]
            }
            result.append(sum)
          }
        }
      }
    }
    return [Reals(result, shape: shapes[0])]
  }
}

extension MatrixProduct: ReferenceOperator {
  static var samples: [OperatorSample] {
    let stacks: [([Int], [Int])] = [([], []), ([2], [2]), ([3, 1], [2]), ([], [2, 2])]
    return stacks.flatMap { left, right in
      [(false, false), (true, false), (false, true), (true, true)].map { first, second in
        OperatorSample(
          MatrixProduct(transposesFirst: first, transposesSecond: second),
          .reals(left + (first ? [4, 3] : [3, 4])), .reals(right + (second ? [5, 4] : [4, 5])))
      }
    }
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    let (a, b) = (operands[0], operands[1])
    let depth = a.shape[a.shape.count - (transposesFirst ? 2 : 1)]
    return [
      Reals(shapes[0]) { index in
        let (stack, row, column) = (
          Array(index.dropLast(2)), index[index.count - 2], index[index.count - 1]
        )
        return (0..<depth).reduce(0) { sum, k in
          let left = stack + (transposesFirst ? [k, row] : [row, k])
          let right = stack + (transposesSecond ? [column, k] : [k, column])
          return sum + a.matrixEntry(left) * b.matrixEntry(right)
        }
      }
    ]
  }
}

extension Reals {
  /// An entry of one of a stack of matrices: only the axes of the stack stretch.
  fileprivate func matrixEntry(_ index: [Int]) -> Double { self[Array(index.suffix(shape.count))] }
}

extension Patches: ReferenceOperator {
  static var samples: [OperatorSample] { [OperatorSample(Patches(), .reals(2, 3, 4, 5))] }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    let x = operands[0]
    return [
      Reals(shapes[0]) { index in
        x[index[0], index[2], index[1] / x.shape[3], index[1] % x.shape[3]]
      }
    ]
  }
}
