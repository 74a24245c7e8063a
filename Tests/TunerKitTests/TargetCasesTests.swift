import ModelGraph
import PeftTestSupport
import Testing

@testable import TunerKit

/// What PEFT made of single paths and small trees.
@Suite("Small cases that PEFT answered") struct TargetCasesTests {
  struct Key: Decodable {
    let config: PEFTConfiguration
    let key: String
    let expected: String
  }

  struct Tree: Decodable {
    let model: String
    let modules: [RecordedModule]
  }

  struct Condensed: Decodable {
    let targets: [String]
    let others: [String]
    let expected: [String]?
    let error: String?
  }

  private func rows<Row: Decodable>(
    _ key: String, as type: Row.Type, exactly count: Int
  ) throws -> [Row] {
    try Fixture.rows("target_cases.json", at: key, as: type, exactly: count)
  }

  @Test("A single path is matched, unmatched, excluded or in error as in PEFT")
  func singlePaths() throws {
    // PEFT matches no module to an empty path; no module of ours has one.
    let rows = try rows("keys", as: Key.self, exactly: 124).filter { !$0.key.isEmpty }
    for row in try rows.exactly(122, "paths") {
      #expect(
        decision(row.config.selection, row.key) == row.expected,
        "\(row.key) with \(row.config.selection)")
    }
  }

  private func decision(_ selection: TargetSelection, _ path: String) -> String {
    do throws(TargetError) {
      if try ExclusionTest(selection).reason(path) != nil { return "excluded" }
      let targets = selection.targetModules ?? .names([])
      switch try TargetTest(targets, layers: LayerFilter(selection)).decision(path) {
      case .matched: return "matched"
      case .unmatched: return "unmatched"
      }
    } catch {
      return "error"
    }
  }

  @Test("Long lists are condensed as in PEFT")
  func condensing() throws {
    // PEFT refuses no and empty names here, we before.
    let rows = try rows("condensed", as: Condensed.self, exactly: 53)
      .filter { $0.error == nil }
    for row in try rows.exactly(49, "lists") {
      let expected = try #require(row.expected)
      #expect(
        CondensedTargets.condensed(row.targets, others: row.others) == expected.sortedByScalars())
    }
  }

  @Test("A small tree gives the modules, or the mistake, that PEFT finds")
  func smallTrees() throws {
    let trees = try rows("trees", as: Tree.self, exactly: 3)
    for row in try rows("models", as: RecordedRow.self, exactly: 59) {
      let tree = try #require(trees.first { $0.model == row.model })
      row.check(TargetMatcher(modules: tree.modules.map(\.module)))
    }
  }
}

/// A module as fixtures list it: path, class, and perhaps shapes.
struct RecordedModule: Decodable {
  let module: Module

  init(from decoder: any Decoder) throws {
    var fields = try decoder.unkeyedContainer()
    let path = try fields.decode(String.self)
    module = Module(path: path, kind: Module.Kind(try fields.decode(String.self)))
  }
}
