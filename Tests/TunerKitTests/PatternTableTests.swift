import OrderedCollections
import PeftBasics
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

  @Test("Patterns that take long together are given up within the limit of matching")
  func limit() throws {
    // Each of them takes some milliseconds on each of the paths, and matches none.
    let keys = (0..<2000).map { (#"(?:[a-z_.0-9]*){3}[a-z_.0-9]*x\#($0)"#, 4) }
    let paths = (0..<200).map { "model.layers.\($0)." + String(repeating: "ab_", count: 60) }
    let start = ContinuousClock.now
    let error = #expect(throws: TargetError.self) {
      try PatternTable(
        OrderedDictionary(uniqueKeysWithValues: keys), setting: "rank_pattern", for: paths)
    }
    // One pattern may reach its limit of steps before all together reach that of time.
    let isGivenUp =
      switch error?.reason {
      case .takesTooLong, .badPattern: true
      default: false
      }
    #expect(isGivenUp)
    #expect(start.duration(to: .now) < .seconds(60))
  }

  @Test("Thousands of modules can each have a key of their own")
  func manyKeys() throws {
    let paths = (0..<800).map { "model.layers.\($0).self_attn.q_proj" }
    let keys = OrderedDictionary(uniqueKeysWithValues: paths.reversed().map { ($0, $0.utf8.count) })
    let table = try PatternTable(keys, setting: "rank_pattern", for: paths)
    #expect(try paths.allSatisfy { try table.value(for: $0) == $0.utf8.count })
    #expect(try table.unusedKeys(among: paths).isEmpty)
  }

  @Test(
    "A plain key decides as its pattern does", arguments: ["a.b", "a", "b", ".", "x_1.b", "xa.b"])
  func plainKeys(key: String) throws {
    let plain = try #require(PlainKey(key))
    let pattern = try PythonPattern(key, before: #"(.*\.)?("#, after: ")$")
    for path in ["a.b", "xa.b", "x.a.b", "aXb", "x.aXb", "b", "x_1.b", "", "a", "y.a"] {
      #expect(try plain.applies(to: path) == (pattern.startMatch(path) != nil), "\(path)")
    }
  }
}
