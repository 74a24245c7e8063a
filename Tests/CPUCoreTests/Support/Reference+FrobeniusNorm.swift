import ModelGraph

extension FrobeniusNorm: ReferenceLoss {
  static var samples: [OperatorSample] {
    [true, false].flatMap { isSquared in
      [(true, [3, 3]), (false, [2, 5]), (false, [1, 1])].map {
        (isFromIdentity: Bool, shape: [Int]) in
        OperatorSample(
          FrobeniusNorm(
            weight: 0.5, isFromIdentity: isFromIdentity, isSquared: isSquared,
            givesGradient: true),
          .reals(shape), .scale)
      }
    }
  }

  var differentiated: [Int] { givesGradient ? [0] : [] }

  func measures(of operands: [Reals]) -> [Double] {
    let matrix = operands[0]
    var squares = 0.0
    for row in 0..<matrix.rowCount {
      for (column, entry) in matrix.row(row).enumerated() {
        let difference = entry - (isFromIdentity && row == column ? 1 : 0)
        squares += difference * difference
      }
    }
    return [weight * (isSquared ? squares : squares.squareRoot())]
  }
}
