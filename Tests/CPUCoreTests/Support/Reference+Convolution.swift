import ModelGraph

@testable import CPUCore

extension Convolution2D: ReferenceOperator {
  static var samples: [OperatorSample] {
    let plain = (1...3).flatMap { stride in
      [[.reals(4)], []].map { bias in
        OperatorSample(
          Convolution2D(stride: stride), [.reals(2, 3, 6, 5), .reals(4, 3, 3, 2)] + bias)
      }
    }
    return plain
      + geometries.map { geometry, channels, outputs in
        OperatorSample(
          Convolution2D(geometry),
          [
            .reals(2, channels, 6, 5), .reals(outputs, channels / geometry.groups, 3, 2),
            .reals(outputs),
          ])
      }
  }

  /// Padding on both sides and on one, dilation, groups, and all of it; with channels and outputs.
  static let geometries: [(ConvolutionGeometry, Int, Int)] = [
    (ConvolutionGeometry(stride: [1, 1], padding: [1, 1]), 3, 4),
    (ConvolutionGeometry(stride: [2, 1], padding: [0, 3]), 3, 4),
    (ConvolutionGeometry(stride: [1, 1], padding: [1, 0], after: [1, 1]), 1, 2),
    (ConvolutionGeometry(stride: [1, 2], dilation: [2, 3]), 2, 3),
    (ConvolutionGeometry(stride: [1, 1], groups: 2), 4, 6),
    (ConvolutionGeometry(stride: [3, 2], padding: [4, 5], dilation: [3, 1], groups: 3), 3, 3),
  ]

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    [geometry.convolution(operands, as: shapes[0])]
  }
}

extension Convolution1D: ReferenceOperator {
  static var samples: [OperatorSample] {
    let geometries: [(ConvolutionGeometry, Int, Int)] = [
      (ConvolutionGeometry(stride: [1]), 3, 4),
      (ConvolutionGeometry(stride: [2], padding: [2]), 3, 4),
      (ConvolutionGeometry(stride: [1], padding: [1], after: [2], dilation: [2]), 2, 3),
      (ConvolutionGeometry(stride: [3], padding: [1], groups: 2), 4, 2),
    ]
    return geometries.flatMap { geometry, channels, outputs in
      [[.reals(outputs)], []].map { bias in
        OperatorSample(
          Convolution1D(geometry),
          [.reals(2, channels, 8), .reals(outputs, channels / geometry.groups, 3)] + bias)
      }
    }
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    [geometry.convolution(operands, as: shapes[0])]
  }
}

extension ConvolutionGeometry {
  /// A sum over each window, written as it is defined; entries outside are 0.
  fileprivate func convolution(_ operands: [Reals], as shape: [Int]) -> Reals {
    let (x, weight) = (operands[0], operands[1])
    let window = Reals.zeros(Array(weight.shape.dropFirst())).indexed.map(\.index)
    let outputs = weight.shape[0] / groups
    return Reals(shape) { index in
      var sum = operands.count == 3 ? operands[2][index[1]] : 0
      for place in window {
        var read = [index[0], index[1] / outputs * weight.shape[1] + place[0]]
        for axis in stride.indices {
          read.append(
            index[2 + axis] * stride[axis] - before[axis] + place[1 + axis] * dilation[axis])
        }
        guard zip(read, x.shape).allSatisfy({ 0..<$1 ~= $0 }) else { continue }
        sum += x[read] * weight[[index[1]] + place]
      }
      return sum
    }
  }
}

extension ConvolutionInputGradient: ReferenceOperator {
  static var samples: [OperatorSample] {
    let plain = [(1, 4, 4), (2, 2, 2)].map { stride, height, width in
      OperatorSample(
        ConvolutionInputGradient(
          ConvolutionGeometry(stride: [stride, stride]), shape: [2, 3, 6, 5]),
        .reals(2, 4, height, width), .reals(4, 3, 3, 2))
    }
    return plain + [
      OperatorSample(
        ConvolutionInputGradient(
          ConvolutionGeometry(stride: [2, 1], padding: [1, 2], dilation: [1, 2], groups: 2),
          shape: [2, 4, 6, 5]), .reals(2, 6, 3, 7), .reals(6, 2, 3, 2)),
      OperatorSample(
        ConvolutionInputGradient(
          ConvolutionGeometry(stride: [2], padding: [1]), shape: [2, 3, 8]), .reals(2, 4, 4),
        .reals(4, 3, 3)),
    ]
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    [
      geometry.operation.pullback([operands[0]], to: 0, of: [.zeros(shapes[0]), operands[1]])
    ]
  }
}

extension ConvolutionWeightGradient: ReferenceOperator {
  static var samples: [OperatorSample] {
    let plain = [(1, 4, 4), (2, 2, 2)].map { stride, height, width in
      OperatorSample(
        ConvolutionWeightGradient(
          ConvolutionGeometry(stride: [stride, stride]), shape: [4, 3, 3, 2]),
        .reals(2, 3, 6, 5), .reals(2, 4, height, width))
    }
    return plain + [
      OperatorSample(
        ConvolutionWeightGradient(
          ConvolutionGeometry(stride: [2, 1], padding: [1, 2], dilation: [1, 2], groups: 2),
          shape: [6, 2, 3, 2]), .reals(2, 4, 6, 5), .reals(2, 6, 3, 7)),
      OperatorSample(
        ConvolutionWeightGradient(
          ConvolutionGeometry(stride: [2], padding: [1]), shape: [4, 3, 3]), .reals(2, 3, 8),
        .reals(2, 4, 4)),
    ]
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    [
      geometry.operation.pullback([operands[1]], to: 1, of: [operands[0], .zeros(shapes[0])])
    ]
  }
}

extension ConvolutionGeometry {
  fileprivate var operation: any ReferenceOperator {
    stride.count == 1 ? Convolution1D(self) : Convolution2D(self)
  }
}
