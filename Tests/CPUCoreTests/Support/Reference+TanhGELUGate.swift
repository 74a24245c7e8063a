import ModelGraph

extension TanhGELUGate: ReferenceOperator {
  static var samples: [OperatorSample] {
    [[], [5], [4, 33], [2, 3, 17]].map { (shape: [Int]) in
      OperatorSample(TanhGELUGate(), .reals(shape, from: -6, to: 6), .reals(shape))
    }
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    let (gate, value) = (operands[0], operands[1])
    return [Reals(shapes[0]) { Activation.Function.geluTanh.exact(gate[$0]) * value[$0] }]
  }
}
