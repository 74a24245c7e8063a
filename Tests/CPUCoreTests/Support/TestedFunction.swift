import CKernels
import ModelGraph

/// The functions of `ck_activate`, with what they are and how precisely they are computed.
enum TestedFunction: CaseIterable {
  case relu, silu, tanh, sigmoid, exp, gelu, geluTanh, quickGelu, gelu10, mish, relu2, relu6,
    leakyRelu
  case hardSwish, laplace, identity

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
    case .gelu10: .gelu10
    case .mish: .mish
    case .relu2: .relu2
    case .relu6: .relu6
    case .leakyRelu: .leakyRelu
    case .hardSwish: .hardSwish
    case .laplace: .laplace
    case .identity: .identity
    }
  }

  func exact(_ x: Double) -> Double { x.isNaN ? .nan : function.exact(x) }

  /// x · 0, as PyTorch has it too.
  var isNaNAtMinusInfinity: Bool {
    switch self {
    case .silu, .gelu, .geluTanh, .quickGelu, .gelu10, .mish, .hardSwish: true
    case .relu, .tanh, .sigmoid, .exp, .relu2, .relu6, .leakyRelu, .laplace, .identity: false
    }
  }

  func tolerance(_ x: Double, _ exact: Double) -> Double {
    // Results near the smallest floats may become zero.
    let unit = 0x1p-23 * max(abs(exact), 0x1p-100)
    return switch self {
    case .relu, .relu6, .identity: 0
    case .relu2, .leakyRelu: unit
    // Its factor cancels near −3.
    case .hardSwish: max(4 * unit, 0x1p-22 * abs(x))
    case .mish: (6 + 2 * abs(x)) * unit
    // Two roundings of the argument's multiple of ln 2, which grow with it.
    case .exp: 4 * unit
    case .tanh, .sigmoid: 4 * unit
    // The error of an exponential grows with its argument, which is rounded: up to 1.7 x, and
    // twice as often 1.6 x (1 + 0.0447 x²).
    case .silu, .quickGelu: (4 + abs(x)) * unit
    case .geluTanh: (4 + 3.2 * abs(x) * (1 + 0.044715 * x * x)) * unit
    // 1 + erf cancels below zero, as it does in PyTorch.
    // Its argument is rounded, and its tail ends where it is 10⁻⁸.
    case .laplace: max(4 * unit, 0x1p-22)
    case .gelu, .gelu10: max(4 * unit, 2 * 0x1p-24 * abs(x))
    }
  }
}
