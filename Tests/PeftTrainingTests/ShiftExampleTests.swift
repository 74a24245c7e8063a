import Foundation
import Peft
import PeftBasics
import PeftTestSupport
import Testing

@Suite("The example of shifted weights") struct ShiftExampleTests {
  @Test("LoRA wins where few directions count, RandLora where all do, in a few steps already")
  func winners() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/shift"
    let example = try ShiftExample(in: path, steps: 60, rows: 2048)
    try example.run()
    let sections = example.table().sections
    #expect(
      sections.map(\.title) == [
        "rank 4", "full rank, equal singular values", "full rank, Gaussian entries",
      ])
    let losses = sections.map { $0.rows.compactMap { Double($0[3]) } }
    #expect(losses[0][0] < 0.1 && losses[0][1] > 0.4)
    #expect(losses[1][0] > 0.74 && losses[1][1] < 0.65)
    #expect(losses[2][0] < losses[2][1])
    #expect(sections.map { $0.rows[0][4] } == ["0.000", "0.750", "0.375"])
    #expect(sections[0].rows.map { $0[2] } == ["8,192", "8,320"])
    let svg = try String(contentsOfFile: example.chartPath, encoding: .utf8)
    #expect(svg.contains("lowest loss of any update of rank 32"))
  }

  @Test("A folder with something else in it is left alone")
  func otherFolder() throws {
    let folder = try TemporaryFolder()
    try folder.file("notes.txt", "mine")
    #expect(
      message { _ = try ShiftExample(in: folder.path) } == """
        \(folder.path) holds something else
          fix: choose a folder that is not there yet
        """)
    #expect(try folder.names() == ["notes.txt"])
  }
}
