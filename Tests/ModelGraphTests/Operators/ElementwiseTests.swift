import Testing

@testable import ModelGraph

@Suite("Entry by entry, and normalizing") struct ElementwiseTests {
  static let unary: [any Operator] = [
    Activation(.relu), Scale(by: 2), Dropout(rate: 0.1), UnitLength(), Softmax(),
    LayerNorm(epsilon: 1e-5),
  ]

  @Test("One real value keeps its type", arguments: unary)
  func keepsType(_ operation: any Operator) throws {
    let type = ValueType([batch, 4], .bfloat16)
    #expect(try operation.results(of: [type]) == [type])
    MismatchCase(
      operation, [indices(batch, 4)], says: "the input must be real numbers, not index"
    ).check()
  }

  @Test("An operator of one value takes no other number", arguments: unary.dropLast())
  func takesOne(_ operation: any Operator) {
    MismatchCase(operation, [], says: "takes 1 value, not 0").check()
    MismatchCase(operation, [real(2), real(2)], says: "takes 1 value, not 2").check()
  }

  static let fitting: [FittingCase] = [
    FittingCase(Add(), [real(batch, 3), real(batch, 3)], makes: real(batch, 3)),
    FittingCase(Add(), [real(batch, 1), real(3)], makes: real(batch, 3)),
    FittingCase(Add(), [real(3), real(batch, 2, 1), real()], makes: real(batch, 2, 3)),
    FittingCase(Multiply(), [real(2, 1, 1), real(1, 3, 1), real(4)], makes: real(2, 3, 4)),
    FittingCase(Multiply(), [real(1), real(batch)], makes: real(batch)),
    FittingCase(
      LayerNorm(epsilon: 0), [real(batch, 4), real(4), real(4)], makes: real(batch, 4)),
    FittingCase(RMSNorm(epsilon: 0), [real(batch, 8), real(8)], makes: real(batch, 8)),
    FittingCase(RMSNorm(epsilon: 0), [real(batch, 8), real(2)], makes: real(batch, 8)),
  ]

  @Test("Operands that fit give the documented shape", arguments: fitting)
  func fits(_ example: FittingCase) throws { try example.check() }

  static let mismatches: [MismatchCase] = [
    MismatchCase(Add(), [real(2)], says: "takes 2 to 16 values, not 1"),
    MismatchCase(
      Add(), Array(repeating: real(2), count: 17), says: "takes 2 to 16 values, not 17"),
    MismatchCase(
      Add(), [real(2), mask(2)], says: "value 2 must be real numbers, not mask"),
    MismatchCase(
      Add(), [real(2, 3), real(2, 4)], says: "value 1 [2, 3] does not fit value 2 [2, 4]"),
    MismatchCase(
      Add(), [real(batch), real(sequence)],
      says: "value 1 [batch] does not fit value 2 [sequence]"),
    MismatchCase(
      Multiply(), [real(2, 1), real(1, 3), real(4)],
      says: "what the values before make [2, 3] does not fit value 3 [4]"),
    MismatchCase(
      Softmax(), [real()], says: "the input must have at least 1 axis, but its shape is []"),
    MismatchCase(
      UnitLength(), [real()], says: "the input must have at least 1 axis, but its shape is []"),
    MismatchCase(
      LayerNorm(epsilon: 0), [real(4), real(4), real(4), real(4)],
      says: "takes 1 to 3 values, not 4"),
    MismatchCase(
      LayerNorm(epsilon: 0), [real(batch)],
      says: "the input must have known sizes, but its shape is [batch]"),
    MismatchCase(
      LayerNorm(epsilon: 0), [real(4), real(3)],
      says: "the weight must end in 4, but its shape is [3]"),
    MismatchCase(
      LayerNorm(epsilon: 0), [real(4), real(4), real(1, 4)],
      says: "the bias must have 1 axis, but its shape is [1, 4]"),
    MismatchCase(RMSNorm(epsilon: 0), [real(4)], says: "takes 2 values, not 1"),
    MismatchCase(
      RMSNorm(epsilon: 0), [indices(4), real(4)], says: "the input must be real numbers, not index"),
    MismatchCase(
      RMSNorm(epsilon: 0), [real(4), real(4, 1)],
      says: "the weight must have 1 axis, but its shape is [4, 1]"),
    MismatchCase(
      RMSNorm(epsilon: 0), [real(4), real(3)],
      says: "3 normalized entries do not divide width 4"),
    MismatchCase(
      RMSNorm(epsilon: 0), [real(4), real(0)],
      says: "0 normalized entries do not divide width 4"),
  ]

  @Test("Operands that do not fit are named", arguments: mismatches)
  func mismatch(_ example: MismatchCase) { example.check() }
}
