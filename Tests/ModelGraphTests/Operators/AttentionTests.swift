import Testing

@testable import ModelGraph

@Suite("Attention and positions") struct AttentionTests {
  static func attention(
    heads: Int = 4, keyValueHeads: Int = 2, hasMask: Bool = false, hasBias: Bool = false
  ) -> Attention {
    Attention(
      heads: heads, keyValueHeads: keyValueHeads, scale: 1, isCausal: true, hasMask: hasMask,
      hasBias: hasBias)
  }
  static let query = real(batch, 5, 12)
  static let key = real(batch, 7, 6)
  static let value = real(batch, 7, 10)

  static let fitting: [FittingCase] = [
    FittingCase(attention(), [query, key, value], makes: real(batch, 5, 20)),
    FittingCase(
      attention(hasMask: true), [query, key, value, mask(batch, 7)], makes: real(batch, 5, 20)),
    FittingCase(
      attention(hasMask: true, hasBias: true),
      [query, key, value, mask(batch, 7), real(1, 4, 5, 7)], makes: real(batch, 5, 20)),
    FittingCase(
      attention(hasBias: true), [query, key, value, real(1, 4, 5, 7)], makes: real(batch, 5, 20)),
    FittingCase(
      RelativePositionBias(maximumDistance: 8, isBidirectional: true),
      [real(32, 4), real(batch, 5, 12), real(batch, 7, 6)], makes: real(1, 4, 5, 7)),
    FittingCase(
      Rotary(headSize: 6, rotarySize: 6, theta: 1e4), [query], makes: query),
    FittingCase(
      Rotary(headSize: 6, rotarySize: 2, theta: 1e4, scaling: .linear(factor: 2)), [query],
      makes: query),
    FittingCase(TakeToken(.at(0)), [real(batch, sequence, 4)], makes: real(batch, 4)),
    FittingCase(TakeToken(.at(4)), [real(batch, 5, 4)], makes: real(batch, 4)),
    FittingCase(
      TakeToken(.first(of: 9)), [real(batch, 5, 4), indices(batch, 5)], makes: real(batch, 4)),
    FittingCase(
      TakeToken(.largest), [real(batch, 5, 4), indices(batch, 5)], makes: real(batch, 4)),
  ]

  @Test("Operands that fit give the documented shape", arguments: fitting)
  func fits(_ example: FittingCase) throws { try example.check() }

  static let attentions: [MismatchCase] = [
    MismatchCase(attention(), [query, key], says: "takes 3 values, not 2"),
    MismatchCase(attention(hasMask: true), [query, key, value], says: "takes 4 values, not 3"),
    MismatchCase(
      attention(), [query, indices(batch, 7, 6), value],
      says: "the key must be real numbers, not index"),
    MismatchCase(
      attention(), [query, key, real(batch, 7)],
      says: "the value must have 3 axes, but its shape is [batch, 7]"),
    MismatchCase(
      attention(heads: 4, keyValueHeads: 3), [query, key, value],
      says: "3 key/value heads do not divide width 4"),
    MismatchCase(
      attention(heads: 4, keyValueHeads: 0), [query, key, value],
      says: "0 key/value heads do not divide width 4"),
    MismatchCase(
      attention(heads: 10), [query, key, value], says: "10 heads do not divide width 12"),
    MismatchCase(
      attention(heads: 4), [query, real(batch, 7, 5), value],
      says: "2 key/value heads do not divide width 5"),
    MismatchCase(
      attention(), [query, key, real(batch, 7, 5)],
      says: "2 key/value heads do not divide width 5"),
    MismatchCase(
      attention(), [real(batch, 5, .symbol("width")), key, value],
      says: "the query must have known sizes, but its shape is [batch, 5, width]"),
    MismatchCase(
      attention(), [query, real(batch, 7, 8), value],
      says: "the query [batch, 5, 12] does not fit the key [batch, 7, 8]"),
    MismatchCase(
      attention(), [real(2, 5, 12), real(3, 7, 6), real(3, 7, 6)],
      says: "the query [2, 5, 12] does not fit the key [3, 7, 6]"),
    MismatchCase(
      attention(), [query, key, real(batch, 8, 6)],
      says: "the key [batch, 7, 6] does not fit the value [batch, 8, 6]"),
    MismatchCase(
      attention(), [query, key, real(2, 7, 6)],
      says: "the key [batch, 7, 6] does not fit the value [2, 7, 6]"),
    MismatchCase(
      attention(), [query, key, real(batch, 7, .size(1 << 62))],
      says: "the width of the result is beyond 2^63"),
    MismatchCase(
      attention(hasMask: true), [query, key, value, indices(batch, 7)],
      says: "the mask must be a mask, not index"),
    MismatchCase(
      attention(hasMask: true), [query, key, value, mask(batch, 5)],
      says: "the key [batch, 7, 6] does not fit the mask [batch, 5]"),
    MismatchCase(
      attention(hasBias: true), [query, key, value, mask(1, 4, 5, 7)],
      says: "the bias must be real numbers, not mask"),
    MismatchCase(
      attention(hasBias: true), [query, key, value, real(1, 4, 7, 5)],
      says: "the bias [1, 4, 7, 5] does not fit the scores [1, 4, 5, 7]"),
  ]

  static let bias = RelativePositionBias(maximumDistance: 8, isBidirectional: false)
  static let positions: [MismatchCase] = [
    MismatchCase(bias, [real(32, 4)], says: "takes 3 values, not 1"),
    MismatchCase(
      bias, [mask(32, 4), query, key], says: "the table must be real numbers, not mask"),
    MismatchCase(
      bias, [real(32), query, key], says: "the table must have 2 axes, but its shape is [32]"),
    MismatchCase(
      bias, [real(32, 4), real(5), key],
      says: "the queries must have at least 2 axes, but its shape is [5]"),
    MismatchCase(
      bias, [real(32, 4), query, real(7)],
      says: "the keys must have at least 2 axes, but its shape is [7]"),
    MismatchCase(
      Rotary(headSize: 5, rotarySize: 4, theta: 1), [query],
      says: "5 entries of a head do not divide width 12"),
    MismatchCase(
      Rotary(headSize: 6, rotarySize: 3, theta: 1), [query],
      says: "2 halves of the rotated entries do not divide width 3"),
    MismatchCase(
      Rotary(headSize: 6, rotarySize: 8, theta: 1), [query],
      says: "the number of rotated entries must be at most 6, not 8"),
    MismatchCase(
      Rotary(headSize: 6, rotarySize: 0, theta: 1), [query],
      says: "the number of rotated entries must be at least 2, not 0"),
    MismatchCase(
      Rotary(headSize: 6, rotarySize: 6, theta: 1), [indices(1, 2, 6)],
      says: "the input must be real numbers, not index"),
    MismatchCase(
      Rotary(headSize: 6, rotarySize: 6, theta: 1), [real(2, 6)],
      says: "the input must have 3 axes, but its shape is [2, 6]"),
    MismatchCase(
      TakeToken(.at(0)), [query, indices(batch, 5)], says: "takes 1 value, not 2"),
    MismatchCase(
      TakeToken(.at(-1)), [query], says: "the position must be at least 0, not -1"),
    MismatchCase(TakeToken(.at(5)), [query], says: "the position must be at most 4, not 5"),
    MismatchCase(
      TakeToken(.at(0)), [real(2, 3)],
      says: "the input must have 3 axes, but its shape is [2, 3]"),
    MismatchCase(TakeToken(.largest), [query], says: "takes 2 values, not 1"),
    MismatchCase(
      TakeToken(.largest), [query, real(batch, 5)],
      says: "the tokens must be indices, not float32"),
    MismatchCase(
      TakeToken(.first(of: 2)), [query, indices(batch, 6)],
      says: "the input [batch, 5, 12] does not fit the tokens [batch, 6]"),
  ]

  @Test("Operands that do not fit are named", arguments: attentions + positions)
  func mismatch(_ example: MismatchCase) { example.check() }
}
