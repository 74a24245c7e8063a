import ModelGraph

@testable import CPUCore

private let poolings: [(PoolingWindows, [Int])] = [
  (.sliding(kernel: [2, 2], stride: [2, 2], padding: [0, 0], roundsUp: false), [2, 3, 6, 5]),
  (.sliding(kernel: [3, 2], stride: [1, 2], padding: [1, 1], roundsUp: false), [2, 3, 5, 6]),
  (.sliding(kernel: [3, 3], stride: [2, 2], padding: [1, 0], roundsUp: true), [1, 2, 6, 6]),
  (.sliding(kernel: [3], stride: [2], padding: [1], roundsUp: false), [2, 3, 7]),
  (.adaptive([1, 1]), [2, 3, 4, 5]), (.adaptive([2, 3]), [2, 2, 5, 7]),
  (.adaptive([4]), [2, 3, 6]),
]

extension PoolingWindows {
  /// What `value` makes of the entries of each window and of how many there are with the padding.
  fileprivate func pool(
    _ x: Reals, as shape: [Int], _ value: (_ entries: [Double], _ count: Int) -> Double
  ) -> Reals {
    Reals(shape) { index in
      let seen = (0..<axisCount).map { axis in
        windows(along: axis, of: x.shape[2 + axis])[index[2 + axis]]
      }
      var places = [Array(index.prefix(2))]
      for window in seen {
        places = places.flatMap { place in window.entries.map { place + [$0] } }
      }
      return value(places.map { x[$0] }, seen.reduce(1) { $0 * $1.count })
    }
  }

  fileprivate func shape(of x: [Int]) -> [Int] {
    x.prefix(2) + (0..<axisCount).map { count(along: $0, of: x[2 + $0]) ?? 0 }
  }
}

extension MaxPool: ReferenceOperator {
  static var samples: [OperatorSample] {
    poolings.map { OperatorSample(MaxPool($0), .reals($1)) }
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    [windows.pool(operands[0], as: shapes[0]) { entries, _ in entries.max() ?? 0 }]
  }
}

extension MaxPoolGradient: ReferenceOperator {
  static var samples: [OperatorSample] {
    poolings.map { windows, shape in
      OperatorSample(MaxPoolGradient(windows), .reals(shape), .reals(windows.shape(of: shape)))
    }
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    [MaxPool(windows).pullback([operands[1]], to: 0, of: [operands[0]])]
  }
}

extension AveragePool: ReferenceOperator {
  static var samples: [OperatorSample] {
    poolings.flatMap { windows, shape in
      [true, false].map {
        OperatorSample(AveragePool(windows, countsPadding: $0), .reals(shape))
      }
    }
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    [
      windows.pool(operands[0], as: shapes[0]) { entries, count in
        entries.reduce(0, +) / Double(countsPadding ? count : entries.count)
      }
    ]
  }
}

extension AveragePoolGradient: ReferenceOperator {
  static var samples: [OperatorSample] {
    poolings.flatMap { windows, shape in
      [true, false].map {
        OperatorSample(
          AveragePoolGradient(AveragePool(windows, countsPadding: $0), shape: Shape(shape)),
          .reals(windows.shape(of: shape)))
      }
    }
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    let pool = AveragePool(windows, countsPadding: countsPadding)
    return [pool.pullback([operands[0]], to: 0, of: [.zeros(shapes[0])])]
  }
}

extension Reduce: ReferenceOperator {
  static var samples: [OperatorSample] {
    Function.allCases.flatMap { function in
      [[0], [2], [1, 3], [0, 1, 2, 3], []].flatMap { (axes: [Int]) in
        [true, false].map {
          OperatorSample(
            Reduce(function, axes: axes, keepsAxes: $0), .reals([2, 3, 4, 5]))
        }
      }
    }
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    var groups: [[Int]: [Double]] = [:]
    for (index, number) in operands[0].indexed {
      let rest = index.enumerated().compactMap { axes.contains($0) ? (keepsAxes ? 0 : nil) : $1 }
      groups[rest, default: []].append(number)
    }
    return [
      Reals(shapes[0]) { index in
        let entries = groups[index] ?? []
        return switch function {
        case .mean: entries.reduce(0, +) / Double(entries.count)
        case .sum: entries.reduce(0, +)
        case .max: entries.max() ?? 0
        }
      }
    ]
  }
}

extension ReduceGradient: ReferenceOperator {
  static var samples: [OperatorSample] {
    let shape = [2, 3, 4, 5]
    return Reduce.Function.allCases.flatMap { function in
      [[0], [3], [1, 3], [2, 3]].map { (axes: [Int]) in
        let rest = shape.indices.filter { !axes.contains($0) }.map { shape[$0] }
        return OperatorSample(
          ReduceGradient(function, axes: axes, shape: Shape(shape)),
          (function == .max ? [.reals(shape)] : []) + [.reals(rest)])
      }
    }
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    let x = function == .max ? operands[0] : .zeros(shapes[0])
    return [
      Reduce(function, axes: axes).pullback([operands[operands.count - 1]], to: 0, of: [x])
    ]
  }
}

extension Flatten: ReferenceOperator {
  static var samples: [OperatorSample] {
    [(0, 1), (1, 3), (2, 3), (1, 1)].map {
      OperatorSample(Flatten(start: $0, end: $1), .reals(2, 3, 4, 5))
    }
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    [Reals(operands[0].entries, shape: shapes[0])]
  }
}

extension Unflatten: ReferenceOperator {
  static var samples: [OperatorSample] {
    [OperatorSample(Unflatten(axis: 1, [3, 4]), .reals(2, 12, 5))]
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    [Reals(operands[0].entries, shape: shapes[0])]
  }
}
