import CKernels
import ModelGraph

extension TanhGELUGate: RowKernel {
  var readsParts: Bool { true }
  var overwritten: Int? { 0 }

  func run(_ call: KernelCall) {
    let value = call.operands[1]
    call.mapRows { row, gate, y in
      ck_activate(CK_GELU_TANH, value.columns, gate, y)
      ck_multiply(value.columns, y, value.row(row), y)
    }
  }
}
