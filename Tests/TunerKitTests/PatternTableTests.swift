import OrderedCollections
import Testing

@testable import TunerKit

@Suite("Ranks by pattern") struct PatternTableTests {
  static let paths = (0..<12).flatMap { layer in
    ["q_proj", "v_proj"].map { "model.layers.\(layer).self_attn.\($0)" }
  }

  @Test(
    "A key applies to the end of a path, from a dot or the start on",
    arguments: [
      ("q_proj", 12), ("q_proj|v_proj", 24), ("0.self_attn.q_proj", 1), ("layers.0", 0),
      ("^q_proj", 0), ("^model.layers.0.self_attn.q_proj", 1), (#"layers\.1\d\..*"#, 4),
      ("base_model.model.model.layers.0.self_attn.q_proj", 0),
    ])
  func keys(key: String, count: Int) throws {
    let table = try PatternTable([key: 4], setting: "rank_pattern")
    #expect(try Self.paths.count { try table.value(for: $0) == 4 } == count)
  }

  @Test("The first key wins")
  func firstKeyWins() throws {
    let table = try PatternTable(["q_proj": 4, ".*": 8], setting: "rank_pattern")
    #expect(try table.value(for: Self.paths[0]) == 4)
    #expect(try table.value(for: Self.paths[1]) == 8)
  }

  @Test("A key that applies to nothing is reported with the one that would")
  func unusedKeys() throws {
    let table = try PatternTable(
      ["^q_proj": 4, "base_model.model.model.layers.0.self_attn.q_proj": 5, "x": 6, "v_proj": 7],
      setting: "rank_pattern")
    #expect(
      try table.unusedKeys(among: Self.paths).map(\.description) == [
        "\"^q_proj\" in rank_pattern applies to no adapted module; write \"q_proj\" (12 modules)",
        "\"base_model.model.model.layers.0.self_attn.q_proj\" in rank_pattern applies to no adapted"
          + " module; write \"model.layers.0.self_attn.q_proj\" (1 module)",
        "\"x\" in rank_pattern applies to no adapted module; correct it, or remove it",
      ])
  }

  @Test("A key that is no regular expression is refused, with its setting")
  func badKey() {
    let error = #expect(throws: TargetError.self) {
      try PatternTable(["(": 1], setting: "alpha_pattern")
    }
    #expect(error?.problem.hasPrefix("alpha_pattern: \"(\" is not a regular expression") == true)
  }
}
