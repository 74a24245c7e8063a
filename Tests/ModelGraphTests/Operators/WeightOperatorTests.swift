import Testing

@testable import ModelGraph

@Suite("Operators with weights") struct WeightOperatorTests {
  static let fitting: [FittingCase] = [
    FittingCase(Linear(), [real(batch, 3), real(5, 3)], makes: real(batch, 5)),
    FittingCase(Linear(), [real(batch, 3), real(5, 3), real(5)], makes: real(batch, 5)),
    FittingCase(Linear(layout: .inOut), [real(2, batch, 3), real(3, 5)], makes: real(2, batch, 5)),
    FittingCase(
      Linear(layout: .inOut), [real(batch, 3), real(3, 5), real(5)], makes: real(batch, 5)),
    FittingCase(MatrixProduct(), [real(2, 3), real(3, 4)], makes: real(2, 4)),
    FittingCase(
      MatrixProduct(transposesFirst: true), [real(3, 2), real(3, 4)], makes: real(2, 4)),
    FittingCase(
      MatrixProduct(transposesSecond: true), [real(2, 3), real(4, 3)], makes: real(2, 4)),
    FittingCase(MatrixProduct(), [real(7, 1, 2, 3), real(6, 3, 4)], makes: real(7, 6, 2, 4)),
    FittingCase(
      Embedding(), [indices(batch, sequence), real(9, 4)], makes: real(batch, sequence, 4)),
    FittingCase(Embedding(), [indices(), real(9, 4)], makes: real(4)),
    FittingCase(
      Embedding(), [indices(2), ValueType([9, 4], .bfloat16)], makes: ValueType([2, 4], .bfloat16)),
    FittingCase(Positions(), [real(batch, sequence, 4)], makes: indices(batch, sequence)),
    FittingCase(
      Positions(), [real(batch, 3, 4), mask(batch, 3)], makes: indices(batch, 3)),
    FittingCase(Positions(padding: 1), [indices(batch, 3)], makes: indices(batch, 3)),
    FittingCase(
      Positions(offset: 2), [indices(batch, 3), mask(batch, 3)], makes: indices(batch, 3)),
    FittingCase(
      Convolution2D(stride: 2), [real(batch, 3, 9, 8), real(5, 3, 3, 3), real(5)],
      makes: real(batch, 5, 4, 3)),
    FittingCase(
      Convolution2D(stride: 1), [real(batch, 3, 3, 3), real(5, 3, 3, 3)],
      makes: real(batch, 5, 1, 1)),
    FittingCase(
      Convolution2D(
        ConvolutionGeometry(stride: [2, 1], padding: [3, 0], dilation: [1, 2], groups: 2)),
      [real(batch, 4, 9, 8), real(6, 2, 7, 3), real(6)], makes: real(batch, 6, 5, 4)),
    FittingCase(
      Convolution1D(ConvolutionGeometry(stride: [1], padding: [1], after: [2])),
      [real(batch, 3, 9), real(5, 3, 4)], makes: real(batch, 5, 9)),
    FittingCase(
      Convolution2D(ConvolutionGeometry(stride: [1, 2], padding: [1, 3])),
      [real(batch, 3, .symbol("height"), .symbol("(width - 1) // 2 + 1")), real(5, 3, 3, 7)],
      makes: real(batch, 5, .symbol("height"), .symbol("((width - 1) // 2) // 2 + 1"))),
    FittingCase(
      Convolution1D(ConvolutionGeometry(stride: [1])),
      [real(batch, 3, .symbol("n - 2")), real(5, 3, 4)],
      makes: real(batch, 5, .symbol("n - 5"))),
    FittingCase(Patches(), [real(batch, 5, 4, 3)], makes: real(batch, 12, 5)),
  ]

  @Test("Operands that fit give the documented shape", arguments: fitting)
  func fits(_ example: FittingCase) throws { try example.check() }

  static let linear: [MismatchCase] = [
    MismatchCase(Linear(), [real(2, 3)], says: "takes 2 to 3 values, not 1"),
    MismatchCase(
      Linear(), [indices(2, 3), real(5, 3)], says: "the input must be real numbers, not index"),
    MismatchCase(
      Linear(), [real(2, 3), mask(5, 3)], says: "the weight must be real numbers, not mask"),
    MismatchCase(
      Linear(), [real(2, 3), real(5)], says: "the weight must have 2 axes, but its shape is [5]"),
    MismatchCase(
      Linear(), [real(2, 3), real(3, 5)], says: "the input must end in 5, but its shape is [2, 3]"),
    MismatchCase(
      Linear(layout: .inOut), [real(2, 3), real(5, 3)],
      says: "the input must end in 5, but its shape is [2, 3]"),
    MismatchCase(
      Linear(), [real(), real(3, 5)], says: "the input must end in 5, but its shape is []"),
    MismatchCase(
      Linear(), [real(2, 3), real(5, 3), real(5, 1)],
      says: "the bias must have 1 axis, but its shape is [5, 1]"),
    MismatchCase(
      Linear(), [real(2, 3), real(5, 3), real(3)],
      says: "the bias must end in 5, but its shape is [3]"),
    MismatchCase(MatrixProduct(), [real(2, 3)], says: "takes 2 values, not 1"),
    MismatchCase(
      MatrixProduct(), [real(2), real(2, 3)],
      says: "the first factor must have at least 2 axes, but its shape is [2]"),
    MismatchCase(
      MatrixProduct(), [real(2, 3), indices(3, 2)],
      says: "the second factor must be real numbers, not index"),
    MismatchCase(
      MatrixProduct(), [real(2, 3), real(2, 3)],
      says: "the first factor [2, 3] does not fit the second factor [2, 3]"),
    MismatchCase(
      MatrixProduct(transposesFirst: true, transposesSecond: true), [real(3, 2), real(3, 4)],
      says: "the first factor [3, 2] does not fit the second factor [3, 4]"),
    MismatchCase(
      MatrixProduct(), [real(5, 2, 3), real(4, 3, 2)],
      says: "the first factor [5, 2, 3] does not fit the second factor [4, 3, 2]"),
  ]

  static let tables: [MismatchCase] = [
    MismatchCase(Embedding(), [indices(2)], says: "takes 2 values, not 1"),
    MismatchCase(
      Embedding(), [real(2), real(9, 4)], says: "the input must be indices, not float32"),
    MismatchCase(
      Embedding(), [indices(2), indices(9, 4)], says: "the weight must be real numbers, not index"),
    MismatchCase(
      Embedding(), [indices(2), real(9)],
      says: "the weight must have 2 axes, but its shape is [9]"),
    MismatchCase(
      Embedding(padding: 9), [indices(2), real(9, 4)], says: "there is no row 9 among 9"),
    MismatchCase(
      Embedding(padding: -1), [indices(2), real(9, 4)], says: "there is no row -1 among 9"),
    MismatchCase(StopGradient(axis: 0, index: 0), [], says: "takes 1 value, not 0"),
    MismatchCase(
      StopGradient(axis: 2, index: 0), [real(9, 4)], says: "there is no axis 2 in [9, 4]"),
    MismatchCase(
      StopGradient(axis: 1, index: 4), [real(9, 4)], says: "there is no row 4 among 4"),
    MismatchCase(Positions(), [], says: "takes 1 to 2 values, not 0"),
    MismatchCase(
      Positions(), [real(2)], says: "the input must have at least 2 axes, but its shape is [2]"),
    MismatchCase(
      Positions(padding: 1), [real(2, 3)], says: "the input must be indices, not float32"),
    MismatchCase(
      Positions(), [indices(2, 3), indices(2, 3)], says: "the mask must be a mask, not index"),
    MismatchCase(
      Positions(), [indices(2, 3), mask(2, 4)],
      says: "the input [2, 3] does not fit the mask [2, 4]"),
  ]

  static let image = real(batch, 3, 9, 8)
  static let convolutions: [MismatchCase] = [
    MismatchCase(Convolution2D(stride: 1), [image], says: "takes 2 to 3 values, not 1"),
    MismatchCase(
      Convolution2D(stride: 1), [indices(1, 3, 9, 8), real(5, 3, 3, 3)],
      says: "the input must be real numbers, not index"),
    MismatchCase(
      Convolution2D(stride: 1), [real(3, 9, 8), real(5, 3, 3, 3)],
      says: "the input must have 4 axes, but its shape is [3, 9, 8]"),
    MismatchCase(
      Convolution2D(stride: 1), [image, real(5, 3, 3)],
      says: "the weight must have 4 axes, but its shape is [5, 3, 3]"),
    MismatchCase(
      Convolution2D(stride: 0), [image, real(5, 3, 3, 3)],
      says: "the stride must be at least 1, not 0"),
    MismatchCase(
      Convolution2D(stride: 1), [image, real(5, 4, 3, 3)],
      says: "the input [batch, 3, 9, 8] does not fit the weight [5, 4, 3, 3]"),
    MismatchCase(
      Convolution2D(stride: 1), [image, real(5, 3, 3, 9)],
      says: """
        a kernel that reaches over 9 does not fit axis 3 of the input [batch, 3, 9, 8], which is 8 with its \
        padding
        """),
    MismatchCase(
      Convolution2D(ConvolutionGeometry(stride: [1, 1], padding: [1, 0], dilation: [6, 1])),
      [image, real(5, 3, 3, 3)],
      says: """
        a kernel that reaches over 13 does not fit axis 2 of the input [batch, 3, 9, 8], which is 11 with its \
        padding
        """),
    MismatchCase(
      Convolution2D(ConvolutionGeometry(stride: [1, 1], groups: 2)), [image, real(4, 1, 3, 3)],
      says: "2 groups do not divide 3 channels"),
    MismatchCase(
      Convolution2D(ConvolutionGeometry(stride: [1, 1], groups: 3)), [image, real(4, 1, 3, 3)],
      says: "3 groups do not divide 4 channels"),
    MismatchCase(
      Convolution2D(ConvolutionGeometry(stride: [1, 1], groups: 3)), [image, real(3, 3, 3, 3)],
      says: "the input [batch, 3, 9, 8] does not fit the weight [3, 3, 3, 3]"),
    MismatchCase(
      Convolution2D(ConvolutionGeometry(stride: [1, 1], padding: [-1, 0])),
      [image, real(5, 3, 3, 3)], says: "the padding must be at least 0, not -1"),
    MismatchCase(
      Convolution1D(ConvolutionGeometry(stride: [1], dilation: [0])),
      [real(batch, 3, 9), real(5, 3, 3)],
      says: "the dilation must be at least 1, not 0"),
    MismatchCase(
      Convolution1D(ConvolutionGeometry(stride: [1])), [image, real(5, 3, 3)],
      says: "the input must have 3 axes, but its shape is [batch, 3, 9, 8]"),
    MismatchCase(
      Convolution2D(stride: 1), [real(1, 3, .size(.max), 8), real(5, 3, 0, 3)],
      says: "the input [1, 3, \(Int.max), 8] does not fit the weight [5, 3, 0, 3]"),
    MismatchCase(
      Convolution2D(stride: 1), [image, real(5, 3, .symbol("kernel"), 3)],
      says: "the weight must have known sizes, but its shape is [5, 3, kernel, 3]"),
    MismatchCase(
      Convolution2D(stride: 1), [image, real(5, 3, 3, 3), real(1, 5)],
      says: "the bias must have 1 axis, but its shape is [1, 5]"),
    MismatchCase(
      Convolution2D(stride: 1), [image, real(5, 3, 3, 3), real(3)],
      says: "the bias must end in 5, but its shape is [3]"),
    MismatchCase(
      Patches(), [real(2, 3)], says: "the input must have 4 axes, but its shape is [2, 3]"),
    MismatchCase(
      Patches(), [real(1, 3, .symbol("height"), 8)],
      says: "the input must have known sizes, but its shape is [1, 3, height, 8]"),
    MismatchCase(
      Patches(), [real(1, 3, .size(1 << 40), .size(1 << 40))],
      says: "the number of patches is beyond 2^63"),
  ]

  @Test("Operands that do not fit are named", arguments: linear + tables + convolutions)
  func mismatch(_ example: MismatchCase) { example.check() }
}
