import ModelGraph

extension Embedding: ReferenceOperator {
  static var samples: [OperatorSample] {
    [OperatorSample(Embedding(), .indices([3, 4], below: 5), .reals(5, 3))]
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    [Reals(operands[0].entries.flatMap { operands[1].row(Int($0)) }, shape: shapes[0])]
  }
}

extension Positions: ReferenceOperator {
  static var samples: [OperatorSample] {
    [
      OperatorSample(Positions(), .reals(2, 5, 3)),
      OperatorSample(Positions(offset: 2, padding: 1), .indices([2, 5], below: 3)),
      OperatorSample(Positions(offset: 2), .indices([2, 5], below: 3), .mask(2, 5)),
    ]
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    let x = operands[0]
    return [
      Reals(shapes[0]) { index in
        let (row, place) = (index[0], index[1])
        if let padding {
          // RoBERTa: how many tokens stand before, not counting padding.
          func counts(_ place: Int) -> Bool { x[row, place] != Double(padding) }
          if !counts(place) { return Double(padding) }
          return Double(offset + (0..<place).count(where: counts))
        }
        if operands.count == 2 {
          // OPT: (cumulative sum · mask − 1) + offset.
          let sum = (0...place).reduce(0) { $0 + operands[1][row, $1] }
          return sum * operands[1][row, place] - 1 + Double(offset)
        }
        return Double(offset + place)
      }
    ]
  }
}

extension TakeToken: ReferenceOperator {
  static var samples: [OperatorSample] {
    [
      OperatorSample(TakeToken(.at(2)), .reals(2, 4, 6)),
      OperatorSample(TakeToken(.largest), .reals(3, 4, 6), .indices([3, 4], below: 9)),
      OperatorSample(TakeToken(.at(1), keepsAxis: true), .reals(2, 4, 6)),
      OperatorSample(TakeToken(.given), .reals(3, 4, 6), .given([2, 0, 3], [3])),
      OperatorSample(TakeToken(.first(of: 3)), .reals(3, 4, 6), .indices([3, 4], below: 9)),
      OperatorSample(
        TakeToken(.last(besides: 1)), .reals(3, 4, 6),
        .given([1, 2, 1, 1, 0, 1, 1, 3, 1, 1, 1, 1], [3, 4])),
      OperatorSample(TakeToken(.lastInMask), .reals(3, 4, 6), .mask(3, 4)),
    ]
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    [
      Reals(shapes[0]) { index in
        operands[0][index[0], place(in: index[0], of: operands), index[index.count - 1]]
      }
    ]
  }

  private func place(in row: Int, of operands: [Reals]) -> Int {
    switch position {
    case .at(let place): return place
    case .given: return Int(operands[1].entries[row])
    case .first(let token):
      let tokens = operands[1].row(row)
      return tokens.firstIndex(of: Double(token)).map { $0 - tokens.startIndex } ?? 0
    case .last(let other): return Array(operands[1].row(row)).lastIndex { $0 != Double(other) } ?? 0
    case .lastInMask: return Array(operands[1].row(row)).lastIndex { $0 != 0 } ?? 0
    case .largest:
      let tokens = Array(operands[1].row(row))
      return tokens.indices.max { (tokens[$0], $1) < (tokens[$1], $0) } ?? 0
    }
  }
}

extension Rotary: ReferenceOperator {
  static var samples: [OperatorSample] {
    [4, 6].flatMap { size in
      [false, true].map {
        OperatorSample(
          Rotary(headSize: 6, rotarySize: size, theta: 100, isInterleaved: $0), .reals(2, 5, 12))
      }
    }
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    let (x, half) = (operands[0], rotarySize / 2)
    return [
      Reals(shapes[0]) { index in
        let (batch, position, column) = (index[0], index[1], index[2])
        let entry = column % headSize
        guard entry < rotarySize else { return x[index] }
        let own = x[index]
        if isInterleaved {
          // `rotate_every_two`.
          let angle = Double(position) * frequency(entry / 2)
          let other =
            entry % 2 == 0 ? -x[batch, position, column + 1] : x[batch, position, column - 1]
          return own * Mathematics.cosine(angle) + other * Mathematics.sine(angle)
        }
        let angle = Double(position) * frequency(entry % half)
        // `rotate_half`: the second half turned round and negated, then the first.
        let other =
          entry < half ? -x[batch, position, column + half] : x[batch, position, column - half]
        return own * Mathematics.cosine(angle) + other * Mathematics.sine(angle)
      }
    ]
  }

  private func frequency(_ pair: Int) -> Double {
    let frequency = 1 / Mathematics.power(theta, Double(2 * pair) / Double(rotarySize))
    switch scaling {
    case .none: return frequency
    case .linear(let factor): return frequency / factor
    case .llama3(let factor, let lowFrequency, let highFrequency, let originalLength):
      // `_compute_llama3_parameters` of `transformers`.
      let wavelength = 2 * Double.pi / frequency
      let original = Double(originalLength)
      if wavelength > original / lowFrequency { return frequency / factor }
      if wavelength < original / highFrequency { return frequency }
      let smooth = (original / wavelength - lowFrequency) / (highFrequency - lowFrequency)
      return (1 - smooth) * frequency / factor + smooth * frequency
    case .dynamic, .yarn, .longRope, .unsupported:
      preconditionFailure("the answers of transformers in Tests/Fixtures/found are compared")
    }
  }
}
