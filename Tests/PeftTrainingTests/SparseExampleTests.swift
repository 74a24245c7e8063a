import Foundation
import Peft
import PeftTestSupport
import Testing

@Suite("The example of sparse bases") struct SparseExampleTests {
  @Test("Bases of all kinds learn alike where no column is 0, and sparse ones take less")
  func kinds() throws {
    let folder = try TemporaryFolder()
    let example = try SparseExample(in: "\(folder.path)/sparse", steps: 60, rows: 2048)
    try example.run()
    let sections = try example.table().sections
    #expect(sections.map(\.title) == ["r = 2", "r = 16", "r = 32"])
    let settings = sections.map { $0.rows.map { $0[0] } }
    #expect(
      settings
        == ["r=2", "r=16", "r=32"].map { dense in
          [dense, "\(dense), sparse=true", "\(dense), very_sparse=true"]
        })
    let losses = sections.map { $0.rows.compactMap { Double($0[2]) } }
    // At rank 2, four of nine columns of a sparse A are 0, and of a very sparse one most.
    #expect(losses[0][0] + 0.1 < losses[0][1] && losses[0][1] + 0.1 < losses[0][2])
    #expect(abs(losses[1][0] - losses[1][1]) < 0.01)
    #expect(abs(losses[2][0] - losses[2][2]) < 0.02)
    // Dense bases are multiplied with, very sparse ones are added.
    #expect(sections.allSatisfy { $0.rows[0][5].isEmpty && !$0.rows[2][5].isEmpty })
    #expect(sections[1].rows.map { $0[3] } == ["73.7 kB", "4.61 kB", "6.52 kB"])
    let svg = try String(contentsOfFile: example.chartPath, encoding: .utf8)
    for name in ["dense", "sparse", "very sparse"] {
      #expect(svg.contains("\(name), training"))
    }
  }
}
