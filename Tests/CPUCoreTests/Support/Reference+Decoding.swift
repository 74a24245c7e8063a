import ModelGraph

extension AppendToCache: ReferenceOperator {
  static var samples: [OperatorSample] {
    [
      OperatorSample(AppendToCache(), .reals(2, 6, 3), .reals(2, 2, 3), .given([4, 1], [2])),
      OperatorSample(AppendToCache(), .reals(1, 4, 5), .reals(1, 1, 5), .given([0], [1])),
    ]
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    let (cache, new) = (operands[0], operands[1])
    return [
      Reals(shapes[0]) { index in
        let token = index[1] - Int(operands[2].entries[index[0]])
        return 0..<new.shape[1] ~= token ? new[index[0], token, index[2]] : cache[index]
      }
    ]
  }
}

extension CachedAttention: ReferenceOperator {
  static var samples: [OperatorSample] {
    [
      sample(), sample(heads: 4), sample(window: 2), sample(tokens: 1), sample(hasBias: true),
      sample(softCap: 1.5), sample(heads: 6, isALiBi: true),
    ]
  }

  private static func sample(
    heads: Int = 2, tokens: Int = 3, window: Int? = nil, softCap: Double? = nil,
    isALiBi: Bool = false, hasBias: Bool = false
  ) -> OperatorSample {
    let attention = Attention(
      heads: heads, keyValueHeads: 2, scale: 0.7, isCausal: true, window: window,
      softCap: softCap, isALiBi: isALiBi, hasBias: hasBias)
    return OperatorSample(
      CachedAttention(attention),
      [.reals(2, tokens, heads * 3), .reals(2, 8, 6), .reals(2, 8, 8)]
        + (hasBias ? [.reals(1, heads, tokens, 8)] : []) + [.given([0, 4], [2])])
  }

  /// Of each row, the attention of all of its tokens, of which the new ones are taken.
  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    let (query, keys) = (operands[0], operands[1])
    let starts = operands[operands.count - 1].entries.map { Int($0) }
    let whole = starts.map { start in
      // Earlier queries are not known, and do not matter.
      let queries = Reals([query.shape[0], keys.shape[1], query.width]) { index in
        let token = index[1] - start
        return 0..<query.shape[1] ~= token ? query[index[0], token, index[2]] : 0
      }
      var read = [queries] + operands[1...2]
      if attention.hasBias {
        read.append(
          Reals([1, attention.heads, keys.shape[1], keys.shape[1]]) { index in
            let token = index[2] - start
            return 0..<query.shape[1] ~= token ? operands[3][0, index[1], token, index[3]] : 0
          })
      }
      return attention.evaluate(
        read, as: [[query.shape[0], keys.shape[1], shapes[0][2]]])[0]
    }
    return [
      Reals(shapes[0]) { index in
        whole[index[0]][index[0], starts[index[0]] + index[1], index[2]]
      }
    ]
  }
}

extension PlacedRotary: ReferenceOperator {
  static var samples: [OperatorSample] {
    [4, 6].map {
      OperatorSample(
        PlacedRotary(Rotary(headSize: 6, rotarySize: $0, theta: 100), length: 9), .reals(2, 3, 12),
        .given([6, 0], [2]))
    }
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    let (x, starts) = (operands[0], operands[1].entries.map { Int($0) })
    let whole = starts.map { start in
      let all = Reals([x.shape[0], length, x.width]) { index in
        let token = index[1] - start
        return 0..<x.shape[1] ~= token ? x[index[0], token, index[2]] : 0
      }
      return rotary.evaluate([all], as: [all.shape])[0]
    }
    return [
      Reals(shapes[0]) { index in
        whole[index[0]][index[0], starts[index[0]] + index[1], index[2]]
      }
    ]
  }
}

extension PlacedPositions: ReferenceOperator {
  static var samples: [OperatorSample] {
    [
      OperatorSample(PlacedPositions(), .indices([2, 3], below: 5), .given([4, 0], [2])),
      OperatorSample(PlacedPositions(offset: 2), .reals(2, 3, 4), .given([1, 7], [2])),
    ]
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    [Reals(shapes[0]) { Double(offset + $0[1]) + operands[1].entries[$0[0]] }]
  }
}

extension PlacedPositionBias: ReferenceOperator {
  static var samples: [OperatorSample] {
    [
      OperatorSample(
        PlacedPositionBias(
          RelativePositionBias(maximumDistance: 6, isBidirectional: false), length: 9),
        .reals(8, 2), .reals(2, 3, 4), .given([5, 5], [2]))
    ]
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    let table = operands[0]
    let square = Reals([2, length, 1]) { _ in 0 }
    let whole = bias.evaluate(
      [table, square, square], as: [[1, shapes[0][1], length, length]])[0]
    let start = Int(operands[2].entries[0])
    return [Reals(shapes[0]) { whole[0, $0[1], start + $0[2], $0[3]] }]
  }
}
