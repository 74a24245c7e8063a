import Testing

@testable import ModelGraph

@Suite("Arranging entries") struct ArrangementTests {
  static let fitting: [FittingCase] = [
    FittingCase(Reshape([3, 4]), [real(2, 6)], makes: real(3, 4)),
    FittingCase(Reshape([]), [indices(1, 1)], makes: indices()),
    FittingCase(Reshape([0, 5]), [real(3, 0)], makes: real(0, 5)),
    FittingCase(Permute([2, 0, 1]), [real(2, 3, batch)], makes: real(batch, 2, 3)),
    FittingCase(Permute([]), [real()], makes: real()),
    FittingCase(Slice(axis: 1, 1..<3), [real(batch, 3)], makes: real(batch, 2)),
    FittingCase(Slice(axis: 0, 0..<3), [real(3)], makes: real(3)),
    FittingCase(Slice(axis: 0, 2..<2), [real(3)], makes: real(0)),
    FittingCase(Slice(axis: 0, 2..<9), [indices(batch, 3)], makes: indices(7, 3)),
    FittingCase(
      Split(sizes: [4, 2]), [real(batch, 6)], makes: real(batch, 4), real(batch, 2)),
    FittingCase(
      Split(sizes: [4, 4, 4], groups: 2), [real(12)], makes: real(4), real(4), real(4)),
    FittingCase(
      Concatenate(axis: 1), [real(2, 3), real(2, 4), real(2, 1)], makes: real(2, 8)),
    FittingCase(
      Concatenate(axis: 1), [real(1, 1, 8), real(batch, 4, 8)], makes: real(batch, 5, 8)),
    FittingCase(
      Concatenate(axis: 0), [real(2, batch), real(2, 1)], makes: real(4, batch)),
  ]

  @Test("Operands that fit give the documented shape", arguments: fitting)
  func fits(_ example: FittingCase) throws { try example.check() }

  static let shapes: [MismatchCase] = [
    MismatchCase(Reshape([2]), [], says: "takes 1 value, not 0"),
    MismatchCase(
      Reshape([2]), [real(batch)], says: "the input must have known sizes, but its shape is [batch]"
    ),
    MismatchCase(
      Reshape([5]), [real(2, 3)], says: "the input [2, 3] does not fit the shape [5]"),
    MismatchCase(
      Reshape([-2, -3]), [real(2, 3)], says: "each size must be at least 0, not -2"),
    MismatchCase(
      Reshape([1 << 40, 1 << 40]), [real(2, 3)],
      says: "the size of [1099511627776, 1099511627776] is beyond 2^63"),
    MismatchCase(
      Reshape([2]), [real(.size(.max), 2)],
      says: "the size of [9223372036854775807, 2] is beyond 2^63"),
    MismatchCase(
      Permute([0]), [real(2, 3)], says: "[0] is not an order of the axes of [2, 3]"),
    MismatchCase(
      Permute([0, 0]), [real(2, 3)], says: "[0, 0] is not an order of the axes of [2, 3]"),
    MismatchCase(
      Permute([1, 2]), [real(2, 3)], says: "[1, 2] is not an order of the axes of [2, 3]"),
    MismatchCase(Slice(axis: 2, 0..<1), [real(2, 3)], says: "there is no axis 2 in [2, 3]"),
    MismatchCase(Slice(axis: -1, 0..<1), [real(2, 3)], says: "there is no axis -1 in [2, 3]"),
    MismatchCase(
      Slice(axis: 1, 1..<4), [real(2, 3)], says: "1..<4 lies outside axis 1 of [2, 3]"),
    MismatchCase(
      Slice(axis: 0, -1..<1), [real(2, 3)], says: "-1..<1 lies outside axis 0 of [2, 3]"),
    MismatchCase(
      Slice(axis: 0, Int.min..<Int.max), [real(batch)],
      says: "\(Int.min)..<\(Int.max) lies outside axis 0 of [batch]"),
  ]

  static let parts: [MismatchCase] = [
    MismatchCase(
      Split(sizes: [4, 3]), [real(2, 6)], says: "the input must end in 7, but its shape is [2, 6]"),
    MismatchCase(
      Split(sizes: []), [real(6)], says: "the input must end in 0, but its shape is [6]"),
    MismatchCase(
      Split(sizes: [3]), [real()], says: "the input must have at least 1 axis, but its shape is []"),
    MismatchCase(
      Split(sizes: [3]), [real(batch)],
      says: "the input must have known sizes, but its shape is [batch]"),
    MismatchCase(
      Split(sizes: [-2, 8]), [real(6)], says: "each part must be at least 1, not -2"),
    MismatchCase(
      Split(sizes: [3, 3], groups: 2), [real(6)], says: "2 groups do not divide width 3"),
    MismatchCase(
      Split(sizes: [3, 3], groups: 0), [real(6)], says: "0 groups do not divide width 3"),
    MismatchCase(
      Split(sizes: [.max, .max]), [real(6)], says: "the sum of the parts is beyond 2^63"),
    MismatchCase(Concatenate(axis: 0), [real(2)], says: "takes 2 to 64 values, not 1"),
    MismatchCase(
      Concatenate(axis: 1), [real(2), real(2)], says: "there is no axis 1 in [2]"),
    MismatchCase(
      Concatenate(axis: 0), [real(2), real(2, 1)],
      says: "value 1 [2] does not fit value 2 [2, 1]"),
    MismatchCase(
      Concatenate(axis: 0), [real(2, 3), real(2, 3), real(2, 4)],
      says: "value 1 [2, 3] does not fit value 3 [2, 4]"),
    MismatchCase(
      Concatenate(axis: 0), [real(2), real(batch)],
      says: "value 1 [2] does not fit value 2 [batch]"),
    MismatchCase(
      Concatenate(axis: 0), [real(2), indices(2)],
      says: "value 2 must be float32 as value 1, not index"),
    MismatchCase(
      Concatenate(axis: 0), [real(.size(.max)), real(1)], says: "axis 0 is beyond 2^63"),
  ]

  @Test("Operands that do not fit are named", arguments: shapes + parts)
  func mismatch(_ example: MismatchCase) { example.check() }
}
