import CKernels
import ModelGraph

extension LayerNormGradient: RowKernel {
  var readsParts: Bool { true }

  func run(_ call: KernelCall) {
    let (x, gradient, y) = (call.operands[0], call.operands[1], call.result)
    let weight = call.operands.count > 2 ? call.operands[2].floats : nil
    call.workers.runRows(x.rows, columns: x.columns) { rows in
      let first = rows.lowerBound
      ck_layer_norm_gradient(
        rows.count, x.columns, Float(epsilon), x.row(first), x.stride, gradient.row(first),
        gradient.stride, weight, y.row(first), y.stride)
    }
  }
}

extension RMSNormGradient: RowKernel {
  var readsParts: Bool { true }

  func run(_ call: KernelCall) {
    let (x, gradient, weight, y) = (
      call.operands[0], call.operands[1], call.operands[2], call.result
    )
    let size = weight.layout.count
    call.workers.runRows(x.rows, columns: x.columns) { rows in
      let first = rows.lowerBound
      for start in stride(from: 0, to: x.columns, by: size) {
        ck_rms_norm_gradient(
          rows.count, size, Float(epsilon), Float(weightOffset), x.row(first) + start, x.stride,
          gradient.row(first) + start, gradient.stride, weight.floats, y.row(first) + start,
          y.stride)
      }
    }
  }
}

extension RMSNormWeightGradient: Kernel {
  var readsParts: Bool { true }

  func run(_ call: KernelCall) {
    let (x, gradient, y) = (call.operands[0], call.operands[1], call.result)
    y.zero()
    for start in stride(from: 0, to: x.columns, by: y.layout.count) {
      ck_rms_norm_weight_gradient(
        x.rows, y.layout.count, Float(epsilon), x.floats + start, x.stride,
        gradient.floats + start, gradient.stride, y.floats)
    }
  }
}

extension UnitLengthGradient: RowKernel {
  var readsParts: Bool { true }

  func run(_ call: KernelCall) {
    let (x, gradient, y) = (call.operands[0], call.operands[1], call.result)
    call.workers.runRows(x.rows, columns: x.columns) { rows in
      let first = rows.lowerBound
      ck_unit_length_gradient(
        rows.count, x.columns, x.row(first), x.stride, gradient.row(first), gradient.stride,
        y.row(first), y.stride)
    }
  }
}

extension SoftmaxGradient: RowKernel {
  var readsParts: Bool { true }
  var overwritten: Int? { 1 }

  func run(_ call: KernelCall) {
    let gradient = call.operands[1]
    call.mapRows { row, p, y in ck_softmax_gradient(gradient.columns, p, gradient.row(row), y) }
  }
}

extension ActivationGradient: RowKernel, AbsorbedOperator {
  var absorption: Absorption? { .entrywise([.activationGradient(function)]) }
  var absorbedOperand: Int? { 1 }
  var readsParts: Bool { true }
  var overwritten: Int? { 1 }

  func run(_ call: KernelCall) {
    let gradient = call.operands[1]
    call.mapRows { row, x, y in
      ck_activate_gradient(function.kernel, gradient.columns, x, gradient.row(row), y)
    }
  }
}
