import CKernels
import ModelGraph

extension Activation: RowKernel, AbsorbedOperator {
  var absorption: Absorption? { .entrywise([.activation(function)]) }
  var readsParts: Bool { true }
  var overwritten: Int? { 0 }

  func run(_ call: KernelCall) {
    let n = call.result.columns
    call.mapRows { _, x, y in ck_activate(function.kernel, n, x, y) }
  }
}

extension Activation.Function {
  var kernel: ck_function {
    switch self {
    case .relu: CK_RELU
    case .silu: CK_SILU
    case .tanh: CK_TANH
    case .sigmoid: CK_SIGMOID
    case .exp: CK_EXP
    case .gelu: CK_GELU
    case .geluTanh: CK_GELU_TANH
    case .quickGelu: CK_QUICK_GELU
    case .gelu10: CK_GELU_10
    case .mish: CK_MISH
    case .relu2: CK_RELU_2
    case .relu6: CK_RELU_6
    case .leakyRelu: CK_LEAKY_RELU
    case .hardSwish: CK_HARD_SWISH
    case .laplace: CK_LAPLACE
    case .identity: CK_IDENTITY
    }
  }
}

extension Scale: RowKernel, AbsorbedOperator {
  var absorption: Absorption? { .entrywise([.scale(Float(factor))]) }
  var readsParts: Bool { true }
  var overwritten: Int? { 0 }

  func run(_ call: KernelCall) {
    let n = call.result.columns
    call.mapRows { _, x, y in ck_scale(n, Float(factor), x, y) }
  }
}

extension Add: RowKernel, AbsorbedOperator {
  var absorption: Absorption? { .entrywise([.add]) }
  var readsParts: Bool { true }
  var overwritten: Int? { 0 }

  func run(_ call: KernelCall) {
    call.combine(ck_add) { n, x, number, y in ck_add_constant(n, number, x, y) }
  }
}

extension Multiply: RowKernel, AbsorbedOperator {
  var absorption: Absorption? { .entrywise([.multiply]) }
  var readsParts: Bool { true }
  var overwritten: Int? { 0 }

  func run(_ call: KernelCall) {
    call.combine(ck_multiply) { n, x, number, y in ck_scale(n, number, x, y) }
  }
}

extension KernelCall {
  /// Combines all operands entry by entry; axes of size 1 are broadcast.
  fileprivate func combine(
    _ combineRows: (
      Int, UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>
    ) -> Void,
    _ combineNumber: (Int, UnsafePointer<Float>, Float, UnsafeMutablePointer<Float>) -> Void
  ) {
    let y = result
    let sources = operands.map { RepeatedRows($0, over: y.layout) }
    let n = y.columns
    workers.runRows(y.rows, columns: n) { rows in
      for row in rows {
        let target = y.row(row)
        for (index, source) in sources.enumerated() {
          let x = source.row(row)
          switch (index, source.isNumber) {
          case (0, _):
            // The next operand is combined with this one straight into the result.
            if source.isNumber { target.update(repeating: x[0], count: n) }
          case (1, false):
            combineRows(n, sources[0].isNumber ? target : sources[0].row(row), x, target)
          case (1, true):
            combineNumber(n, sources[0].isNumber ? target : sources[0].row(row), x[0], target)
          case (_, false): combineRows(n, target, x, target)
          case (_, true): combineNumber(n, target, x[0], target)
          }
        }
      }
    }
  }
}

/// An operand's rows as those of a larger shape, along whose axes it is repeated.
private struct RepeatedRows {
  /// Whether each row is one value, broadcast.
  let isNumber: Bool
  private let view: NumberView
  private let shape: [Int]
  private let own: [Int]
  private let isWhole: Bool

  init(_ view: NumberView, over layout: Layout) {
    self.view = view
    let missing = layout.shape.count - view.layout.shape.count
    own = [Int](repeating: 1, count: missing) + view.layout.shape
    shape = layout.shape
    isNumber = view.columns == 1 && layout.columns > 1
    isWhole = own.dropLast() == shape.dropLast()
  }

  func row(_ row: Int) -> UnsafeMutablePointer<Float> {
    if isWhole { return view.row(row) }
    var (rest, step, position) = (row, 1, 0)
    for axis in shape.indices.dropLast().reversed() {
      if own[axis] > 1 { position += rest % shape[axis] * step }
      rest /= shape[axis]
      step *= own[axis]
    }
    return view.row(position)
  }
}
