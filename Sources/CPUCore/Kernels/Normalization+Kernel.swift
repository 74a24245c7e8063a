import CKernels
import ModelGraph

extension LayerNorm: RowKernel {
  var readsParts: Bool { true }
  var overwritten: Int? { 0 }

  func run(_ call: KernelCall) {
    let (x, y) = (call.operands[0], call.result)
    let weight = call.operands.count > 1 ? call.operands[1].floats : nil
    let bias = call.operands.count > 2 ? call.operands[2].floats : nil
    call.workers.runRows(x.rows, columns: x.columns) { rows in
      ck_layer_norm(
        rows.count, x.columns, Float(epsilon), x.row(rows.lowerBound), x.stride, weight, bias,
        y.row(rows.lowerBound), y.stride)
    }
  }
}

extension RMSNorm: RowKernel {
  var readsParts: Bool { true }
  var overwritten: Int? { 0 }

  func run(_ call: KernelCall) {
    let (x, weight, y) = (call.operands[0], call.operands[1], call.result)
    let size = weight.layout.count
    call.workers.runRows(x.rows, columns: x.columns) { rows in
      for start in stride(from: 0, to: x.columns, by: size) {
        ck_rms_norm(
          rows.count, size, Float(epsilon), Float(weightOffset), x.row(rows.lowerBound) + start,
          x.stride, weight.floats, y.row(rows.lowerBound) + start, y.stride)
      }
    }
  }
}

extension UnitLength: RowKernel {
  var readsParts: Bool { true }
  var overwritten: Int? { 0 }

  func run(_ call: KernelCall) {
    let (x, y) = (call.operands[0], call.result)
    call.workers.runRows(x.rows, columns: x.columns) { rows in
      ck_unit_length(
        rows.count, x.columns, x.row(rows.lowerBound), x.stride, y.row(rows.lowerBound), y.stride)
    }
  }
}

extension InverseLength: Kernel {
  var readsParts: Bool { true }

  func run(_ call: KernelCall) {
    let (x, y) = (call.operands[0], call.result)
    call.workers.runRows(x.rows, columns: x.columns) { rows in
      ck_inverse_length(
        rows.count, x.columns, x.row(rows.lowerBound), x.stride, y.row(rows.lowerBound))
    }
  }
}

extension Softmax: RowKernel {
  var readsParts: Bool { true }
  var overwritten: Int? { 0 }

  func run(_ call: KernelCall) {
    let n = call.result.columns
    call.mapRows { _, x, y in ck_softmax(n, x, y) }
  }
}
