import ModelGraph
import PeftTensors

extension Convert: ReferenceOperator {
  static var samples: [OperatorSample] {
    [
      OperatorSample(Convert(to: .bfloat16), .reals([3, 37], from: -4, to: 4)),
      OperatorSample(Convert(to: .bfloat16), .reals([1], from: -1e-3, to: 1e-3)),
    ]
  }

  /// Rounding has steps, not slopes.
  static var stopsGradients: Bool { true }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    [operands[0].map { Double(element.rounded(Float($0))) }]
  }
}
