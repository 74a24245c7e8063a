import ModelGraph

/// The references of gradients are slopes of the forward operator's: its definition is the only one.
extension ReferenceOperator {
  /// The slopes of the results, weighted with `gradients` and summed, along every entry of an operand.
  func pullback(_ gradients: [Reals], to operand: Int, of operands: [Reals]) -> Reals {
    slopes(along: operand, of: operands) { moved in
      zip(evaluate(moved, as: gradients.map(\.shape)), gradients).reduce(0) { sum, pair in
        zip(pair.0.entries, pair.1.entries).reduce(sum) { $0 + $1.0 * $1.1 }
      }
    }
  }
}

/// The slopes of a number that follows from operands, along every entry of one of them: central
/// differences, which in double precision are right to some ten digits.
func slopes(
  along operand: Int, of operands: [Reals], _ measure: ([Reals]) -> Double
) -> Reals {
  let step = 1e-5
  var moved = operands
  return Reals(
    operands[operand].entries.enumerated().map { entry, number in
      defer { moved[operand].entries[entry] = number }
      moved[operand].entries[entry] = number + step
      let after = measure(moved)
      moved[operand].entries[entry] = number - step
      return (after - measure(moved)) / (2 * step)
    }, shape: operands[operand].shape)
}

extension LinearWeightGradient: ReferenceOperator {
  static var samples: [OperatorSample] {
    [Linear.Layout.outIn, .inOut].map {
      OperatorSample(LinearWeightGradient(layout: $0), .reals(2, 3, 4), .reals(2, 3, 5))
    }
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    [Linear(layout: layout).pullback([operands[1]], to: 1, of: [operands[0], .zeros(shapes[0])])]
  }
}

extension EmbeddingGradient: ReferenceOperator {
  static var samples: [OperatorSample] {
    [nil, 2].map {
      OperatorSample(
        EmbeddingGradient(count: 5, padding: $0), .indices([3, 4], below: 5), .reals(3, 4, 3))
    }
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    let whole = Embedding().pullback([operands[1]], to: 1, of: [operands[0], .zeros(shapes[0])])
    return [Reals(shapes[0]) { $0[0] == padding ? 0 : whole[$0] }]
  }
}

extension ChannelSum: ReferenceOperator {
  static var samples: [OperatorSample] {
    [[2, 3, 4, 5], [2, 3, 4], [5, 3]].map { OperatorSample(ChannelSum(), .reals($0)) }
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    var sums = Reals.zeros(shapes[0])
    for (index, number) in operands[0].indexed { sums[[index[1]]] += number }
    return [sums]
  }
}

extension SumTo: ReferenceOperator {
  static var samples: [OperatorSample] {
    [[4], [3, 1], [1, 3, 1], [1, 1, 4], [2, 3, 4], [1], []].map { (shape: [Int]) in
      OperatorSample(SumTo(Shape(shape)), .reals(2, 3, 4))
    }
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    var sums = Reals.zeros(shapes[0])
    for (index, number) in operands[0].indexed { sums[index] += number }
    return [sums]
  }
}

extension Zeros: ReferenceOperator {
  static var samples: [OperatorSample] { [OperatorSample(Zeros([2, 3]))] }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] { [.zeros(shapes[0])] }
}

extension ActivationGradient: ReferenceOperator {
  static var samples: [OperatorSample] {
    Activation.Function.allCases.map {
      OperatorSample(ActivationGradient($0), .reals([4, 33], from: -6, to: 6), .reals(4, 33))
    }
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    [Activation(function).pullback([operands[1]], to: 0, of: [operands[0]])]
  }
}

extension SoftmaxGradient: ReferenceOperator {
  static var samples: [OperatorSample] {
    [OperatorSample(SoftmaxGradient(), .reals([3, 5], from: 0, to: 1), .reals(3, 5))]
  }

  /// The Jacobian of a softmax with the result p is `diag(p) − p pᵀ`.
  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    let (p, gradient) = (operands[0], operands[1])
    return [
      Reals(shapes[0]) { index in
        (0..<p.width).reduce(0) { sum, column in
          let jacobian = p[index] * ((column == index[1] ? 1 : 0) - p[index[0], column])
          return sum + jacobian * gradient[index[0], column]
        }
      }
    ]
  }
}

extension LayerNormGradient: ReferenceOperator {
  static var samples: [OperatorSample] {
    let operands: [OperatorSample.Operand] = [.reals(2, 3, 7), .reals(2, 3, 7), .reals(7)]
    return (2...3).map {
      OperatorSample(LayerNormGradient(epsilon: 1e-3), Array(operands.prefix($0)))
    }
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    let operation = LayerNorm(epsilon: epsilon)
    return [operation.pullback([operands[1]], to: 0, of: [operands[0]] + operands.dropFirst(2))]
  }
}

extension RMSNormGradient: ReferenceOperator {
  static var samples: [OperatorSample] {
    [(0, 6), (1, 6), (0, 3), (1, 2)].map { offset, size in
      OperatorSample(
        RMSNormGradient(epsilon: 1e-3, weightOffset: offset), .reals(2, 3, 6), .reals(2, 3, 6),
        .reals(size))
    }
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    let operation = RMSNorm(epsilon: epsilon, weightOffset: weightOffset)
    return [operation.pullback([operands[1]], to: 0, of: [operands[0], operands[2]])]
  }
}

extension RMSNormWeightGradient: ReferenceOperator {
  static var samples: [OperatorSample] {
    [6, 3].map {
      OperatorSample(
        RMSNormWeightGradient(epsilon: 1e-3, size: .size($0)), .reals(2, 3, 6), .reals(2, 3, 6))
    }
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    let operation = RMSNorm(epsilon: epsilon)
    return [operation.pullback([operands[1]], to: 1, of: [operands[0], .zeros(shapes[0])])]
  }
}

extension UnitLengthGradient: ReferenceOperator {
  static var samples: [OperatorSample] {
    [OperatorSample(UnitLengthGradient(), .reals(3, 5), .reals(3, 5))]
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    [UnitLength().pullback([operands[1]], to: 0, of: [operands[0]])]
  }
}

extension AttentionGradient: ReferenceOperator {
  static var samples: [OperatorSample] {
    Attention.samples.compactMap { sample in
      guard let attention = sample.operation as? Attention,
        case .reals(let query, _, _) = sample.operands[0]
      else { return nil }
      let result = query.dropLast() + [attention.heads * 4]
      return OperatorSample(
        AttentionGradient(attention, needsBias: attention.hasBias),
        sample.operands + [.reals(Array(result))])
    }
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    let (read, gradient) = (Array(operands.dropLast()), operands[operands.count - 1])
    let wanted = [0, 1, 2] + (needsBias ? [read.count - 1] : [])
    return wanted.map { attention.pullback([gradient], to: $0, of: read) }
  }
}

extension RotaryGradient: ReferenceOperator {
  static var samples: [OperatorSample] {
    [4, 6].flatMap { size in
      [false, true].map {
        OperatorSample(
          RotaryGradient(Rotary(headSize: 6, rotarySize: size, theta: 100, isInterleaved: $0)),
          .reals(2, 5, 12))
      }
    }
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    [rotary.pullback(operands, to: 0, of: [.zeros(shapes[0])])]
  }
}

extension RelativePositionBiasGradient: ReferenceOperator {
  static var samples: [OperatorSample] {
    [true, false].map {
      let bias = RelativePositionBias(maximumDistance: 6, isBidirectional: $0)
      return OperatorSample(
        RelativePositionBiasGradient(bias, buckets: 8), .reals(1, 2, 5, 7))
    }
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    let sizes = operands[0].shape
    return [
      bias.pullback(
        operands, to: 0, of: [.zeros(shapes[0]), .zeros([1, sizes[2]]), .zeros([1, sizes[3]])])
    ]
  }
}

extension Pad: ReferenceOperator {
  static var samples: [OperatorSample] {
    [(0, [1, 4, 6]), (1, [2, 2, 6]), (2, [2, 4, 3])].map { (axis: Int, part: [Int]) in
      OperatorSample(Pad(axis: axis, start: 1, to: [2, 4, 6]), .reals(part))
    }
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    let slice = Slice(axis: axis, start..<start + operands[0].shape[axis])
    return [slice.pullback(operands, to: 0, of: [.zeros(shapes[0])])]
  }
}

extension Join: ReferenceOperator {
  static var samples: [OperatorSample] {
    [
      OperatorSample(Join(sizes: [4, 2], groups: 2), .reals(2, 3, 4), .reals(2, 3, 2)),
      OperatorSample(Join(sizes: [1, 5]), .reals(3, 1), .reals(3, 5)),
    ]
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    [Split(sizes: sizes, groups: groups).pullback(operands, to: 0, of: [.zeros(shapes[0])])]
  }
}

extension Unpatch: ReferenceOperator {
  static var samples: [OperatorSample] {
    [OperatorSample(Unpatch(height: 4, width: 5), .reals(2, 20, 3))]
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    [Patches().pullback(operands, to: 0, of: [.zeros(shapes[0])])]
  }
}

extension PlaceToken: ReferenceOperator {
  static var samples: [OperatorSample] {
    [
      OperatorSample(PlaceToken(.at(2), length: 4), .reals(3, 6)),
      OperatorSample(
        PlaceToken(.largest, length: 4), .reals(3, 6), .indices([3, 4], below: 9)),
      OperatorSample(PlaceToken(.at(1), length: 4), .reals(3, 1, 6)),
      OperatorSample(
        PlaceToken(.last(besides: 0), length: 4), .reals(3, 6), .indices([3, 4], below: 2)),
      OperatorSample(PlaceToken(.lastInMask, length: 4), .reals(3, 6), .mask(3, 4)),
    ]
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    [
      TakeToken(position, keepsAxis: operands[0].shape.count == 3).pullback(
        [operands[0]], to: 0, of: [.zeros(shapes[0])] + operands.dropFirst())
    ]
  }
}
