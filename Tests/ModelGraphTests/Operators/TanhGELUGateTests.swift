import Testing

@testable import ModelGraph

@Suite("GEGLU's gate") struct TanhGELUGateTests {
  @Test("Gate and value have the shape of the result")
  func fits() throws {
    try FittingCase(
      TanhGELUGate(), [real(batch, 4), real(batch, 4)], makes: real(batch, 4)
    ).check()
  }

  static let mismatches: [MismatchCase] = [
    MismatchCase(TanhGELUGate(), [real(4)], says: "takes 2 values, not 1"),
    MismatchCase(
      TanhGELUGate(), [real(2, 4), real(4)], says: "the gate [2, 4] does not fit the value [4]"),
    MismatchCase(
      TanhGELUGate(), [real(4), mask(4)], says: "the value must be real numbers, not mask"),
  ]

  @Test("Operands that do not fit are named", arguments: mismatches)
  func mismatch(_ example: MismatchCase) { example.check() }
}
