import Foundation
import Peft
import PeftTestSupport
import Testing

@testable import PeftAdapters

@Suite("Published figures") struct PublishedFiguresTests {
  private let figures: PublishedFigures

  init() throws { figures = try PublishedFigures(registry: .standard) }

  private func counts(_ row: PublishedFigures.Row) -> (trained: Int, file: Int)? {
    guard case .figures(let trained, _, let file) = row.counted else { return nil }
    return (trained, file)
  }

  @Test("What can be counted is what was published, or says why not")
  func agree() {
    #expect(figures.rows.count == 63 + 27)
    for row in figures.rows where counts(row) != nil {
      #expect(row.agrees == true || row.note != nil, "\(row.name)")
    }
    let equal = figures.rows.filter { $0.agrees == true }
    #expect(equal.count == 7 + 14)
    // Files are equal to the byte.
    for row in figures.rows {
      if let file = row.file, let counts = counts(row) {
        #expect(counts.file == file, "\(row.name)")
      }
    }
  }

  @Test("Other rows name the tuner or the field that is missing")
  func missing() {
    let missing = figures.rows.compactMap { row -> String? in
      if case .missing(let what) = row.counted { what } else { nil }
    }
    #expect(missing.count == 90 - figures.rows.count { counts($0) != nil })
    #expect(missing.allSatisfy { $0.hasPrefix("no tuner ") || $0.hasPrefix("use_bdlora") })
  }

  @Test(
    "The RandLoRA paper's settings, counted by ⌈m/r⌉(r+m)",
    arguments: [
      ("roberta-base", "RandLoRA-64", 718_848), ("roberta-large", "RandLoRA-100", 1_780_416),
      ("llama-3-8b", "LoRA-64", 113_246_208), ("llama-3-8b", "RandLoRA-60", 28_778_112),
      ("llama-3-8b", "RandLoRA-15", 112_723_968), ("qwen2-0.5b", "RandLoRA-10", 5_956_992),
      ("phi-3-mini", "LoRA-32", 44_040_192), ("dinov2-b14", "LoRA-32", 4_718_592),
    ])
  func paper(model: String, name: String, count: Int) throws {
    let row = try #require(figures.rows.first { $0.model == model && $0.name == name })
    #expect(counts(row)?.trained == count)
  }

  @Test(
    "They are those of the files", arguments: ["peft-method-comparison", "randlora-paper"])
  func embedded(name: String) throws {
    let text = try Repository.text("Models/published/\(name).json")
    #expect(
      PublishedTexts.all[name] == text + "\n" || PublishedTexts.all[name] == text,
      "run python3 Scripts/embed_files.py")
  }

  @Test("The table says what is equal; CSV and JSON have every number")
  func report() {
    let table = figures.report(as: .table)
    #expect(
      table.contains("9,289,728  2,211,281,240  2,211,281,240  equal\n"))
    #expect(table.contains("no tuner vera"))
    #expect(figures.report(as: .csv).split(whereSeparator: \.isNewline).count == 91)
  }
}
