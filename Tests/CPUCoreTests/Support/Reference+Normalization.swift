import ModelGraph

extension LayerNorm: ReferenceOperator {
  static var samples: [OperatorSample] {
    let operands: [OperatorSample.Operand] = [.reals(2, 3, 7), .reals(7), .reals(7)]
    return (1...3).map { OperatorSample(LayerNorm(epsilon: 1e-3), Array(operands.prefix($0))) }
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    let weight = operands.count > 1 ? operands[1].entries : nil
    let bias = operands.count > 2 ? operands[2].entries : nil
    return [
      operands[0].mapRows { row in
        let mean = row.reduce(0, +) / Double(row.count)
        let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.count)
        return row.enumerated().map { column, x in
          (x - mean) / (variance + epsilon).squareRoot() * (weight?[column] ?? 1)
            + (bias?[column] ?? 0)
        }
      }
    ]
  }
}

extension RMSNorm: ReferenceOperator {
  static var samples: [OperatorSample] {
    [(0, 6), (1, 6), (0, 3), (1, 2)].map { offset, size in
      OperatorSample(
        RMSNorm(epsilon: 1e-3, weightOffset: offset), .reals(2, 3, 6), .reals(size))
    }
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    let weight = operands[1].entries
    return [
      operands[0].mapRows { row in
        stride(from: row.startIndex, to: row.endIndex, by: weight.count).flatMap { start in
          let group = row[start..<start + weight.count]
          let squares = group.reduce(0) { $0 + $1 * $1 }
          let rootMeanSquare = (squares / Double(weight.count) + epsilon).squareRoot()
          return zip(group, weight).map { $0 / rootMeanSquare * ($1 + weightOffset) }
        }
      }
    ]
  }
}

extension UnitLength: ReferenceOperator {
  static var samples: [OperatorSample] { [OperatorSample(UnitLength(), .reals(3, 5))] }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    [
      operands[0].mapRows { row in
        let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return row.map { $0 / length }
      }
    ]
  }
}

extension InverseLength: ReferenceOperator {
  static var samples: [OperatorSample] { [OperatorSample(InverseLength(), .reals(3, 5))] }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    let width = operands[0].shape.last ?? 1
    let squares = operands[0].entries.map { $0 * $0 }
    let lengths = stride(from: 0, to: squares.count, by: width).map {
      squares[$0..<$0 + width].reduce(0, +).squareRoot()
    }
    return [Reals(lengths.map { 1 / $0 }, shape: shapes[0])]
  }
}

extension Softmax: ReferenceOperator {
  static var samples: [OperatorSample] { [OperatorSample(Softmax(), .reals(3, 5))] }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    [operands[0].mapRows { softmax(Array($0)) }]
  }
}

/// Exponentials that sum to one; all zeros where every entry is −∞.
func softmax(_ row: [Double]) -> [Double] {
  let largest = row.max() ?? 0
  if largest == -.infinity { return row.map { _ in 0 } }
  let exponentials = row.map { Mathematics.exponential($0 - largest) }
  let sum = exponentials.reduce(0, +)
  return exponentials.map { $0 / sum }
}
