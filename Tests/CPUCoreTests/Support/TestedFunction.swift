import CKernels
import ModelGraph

/// The functions of `ck_activate`, with what they are and how precisely they are computed.
enum TestedFunction: CaseIterable {
  case relu, silu, tanh, sigmoid, exp, gelu, geluTanh, quickGelu

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
    }
  }

  private var function: Activation.Function {
    switch self {
    case .relu: .relu
    case .silu: .silu
    case .tanh: .tanh
    case .sigmoid: .sigmoid
    case .exp: .exp
    case .gelu: .gelu
    case .geluTanh: .geluTanh
    case .quickGelu: .quickGelu
    }
  }

  func exact(_ x: Double) -> Double { x.isNaN ? .nan : function.exact(x) }

  /// x · 0, as PyTorch has it too.
  var isNaNAtMinusInfinity: Bool {
    switch self {
    case .silu, .gelu, .geluTanh, .quickGelu: true
    case .relu, .tanh, .sigmoid, .exp: false
    }
  }

  func tolerance(_ x: Double, _ exact: Double) -> Double {
    // Results near the smallest floats may become zero.
    let unit = 0x1p-23 * max(abs(exact), 0x1p-100)
    return switch self {
    case .relu: 0
    // Two roundings of the argument's multiple of ln 2, which grow with it.
    case .exp: 4 * unit
    case .tanh, .sigmoid: 4 * unit
    // The error of an exponential grows with its argument, which is rounded: up to 1.7 x, and
    // twice as often 1.6 x (1 + 0.0447 x²).
    case .silu, .quickGelu: (4 + abs(x)) * unit
    case .geluTanh: (4 + 3.2 * abs(x) * (1 + 0.044715 * x * x)) * unit
    // 1 + erf cancels below zero, as it does in PyTorch.
    case .gelu: max(4 * unit, 2 * 0x1p-24 * abs(x))
    }
  }
}
