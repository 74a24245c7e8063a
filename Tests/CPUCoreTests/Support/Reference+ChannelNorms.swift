import ModelGraph

@testable import CPUCore

extension BatchNorm: ReferenceOperator {
  static var samples: [OperatorSample] {
    let variance = OperatorSample.Operand.reals([3], from: 0.2, to: 2)
    return [[2, 3, 4, 5], [2, 3, 7], [5, 3]].flatMap { (x: [Int]) in
      [[], [.reals(3), .reals(3)]].map { learned in
        OperatorSample(BatchNorm(epsilon: 1e-3), [.reals(x), .reals(3), variance] + learned)
      }
    }
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    let (x, mean, variance) = (operands[0], operands[1], operands[2])
    return [
      Reals(shapes[0]) { index in
        let channel = index[1]
        let standard = (x[index] - mean[channel]) / (variance[channel] + epsilon).squareRoot()
        return operands.count > 3
          ? standard * operands[3][channel] + operands[4][channel] : standard
      }
    ]
  }
}

extension BatchNormGradient: ReferenceOperator {
  static var samples: [OperatorSample] {
    [[], [.reals(3)]].map { weight in
      OperatorSample(
        BatchNormGradient(epsilon: 1e-3),
        [.reals(2, 3, 4, 5), .reals([3], from: 0.2, to: 2)] + weight)
    }
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    let weight = operands.count > 2 ? [operands[2], .zeros(operands[1].shape)] : []
    return [
      BatchNorm(epsilon: epsilon).pullback(
        [operands[0]], to: 0,
        of: [.zeros(shapes[0]), .zeros(operands[1].shape), operands[1]] + weight)
    ]
  }
}

extension GroupNorm: ReferenceOperator {
  static var samples: [OperatorSample] {
    [([2, 6, 3, 2], 3), ([2, 4, 5], 1), ([3, 6], 2), ([2, 3, 2, 2], 3)].flatMap {
      (x: [Int], groups: Int) in
      [[], [.reals(x[1]), .reals(x[1])]].map { learned in
        OperatorSample(GroupNorm(groups: groups, epsilon: 1e-3), [.reals(x)] + learned)
      }
    }
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    let x = operands[0]
    let (size, area) = (
      x.shape.dropFirst().reduce(1, *) / groups, x.shape.dropFirst(2).reduce(1, *)
    )
    let rows = Reals(x.entries, shape: [x.shape[0] * groups, size]).mapRows { row in
      let mean = row.reduce(0, +) / Double(size)
      let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(size)
      return row.map { ($0 - mean) / (variance + epsilon).squareRoot() }
    }
    guard operands.count > 1 else { return [Reals(rows.entries, shape: shapes[0])] }
    let entries = rows.entries.enumerated().map { place, entry in
      let channel = place / area % x.shape[1]
      return entry * operands[1][channel] + operands[2][channel]
    }
    return [Reals(entries, shape: shapes[0])]
  }
}

extension GroupNormGradient: ReferenceOperator {
  static var samples: [OperatorSample] {
    [[], [.reals(6)]].map { weight in
      OperatorSample(
        GroupNormGradient(groups: 2, epsilon: 1e-3),
        [.reals(2, 6, 3, 2), .reals(2, 6, 3, 2)] + weight)
    }
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    let learned = operands.count > 2 ? [operands[2], .zeros(operands[2].shape)] : []
    return [
      GroupNorm(groups: groups, epsilon: epsilon).pullback(
        [operands[1]], to: 0, of: [operands[0]] + learned)
    ]
  }
}
