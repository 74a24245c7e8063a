import Foundation
import FuzzTargets
import Peft
import PeftTestSupport
import Testing

/// What the fuzzer starts from, and what it found once: none of it may stop the process or be answered
/// wrong. A mistake was a crash, a wrong refusal, or an answer that took minutes.
@Suite("Fuzzing, replayed", .timeLimit(.minutes(5)))
struct FuzzReplayTests {
  static let targets = FuzzTargets.all.map(\.name)
  static let findings = Repository.root.appending(path: "Tests/Fuzz/Corpus")

  @Test("Every seed is answered", arguments: targets)
  func seeds(name: String) throws {
    let target = try #require(FuzzTargets.named(name))
    let seeds = try target.seeds()
    #expect(!seeds.isEmpty)
    for seed in seeds { try target.run(seed) }
  }

  @Test(
    "So is every input that showed a mistake once; those called good- are accepted",
    arguments: targets)
  func corpus(name: String) throws {
    let target = try #require(FuzzTargets.named(name))
    for entry in try Self.entries(name) {
      let error = try target.run(Data(contentsOf: entry))
      guard entry.lastPathComponent.hasPrefix("good-") else { continue }
      #expect(error == nil, "\(entry.lastPathComponent): \(error.map { "\($0)" } ?? "")")
    }
  }

  @Test("Every format of data is fuzzed, and compressed rows are")
  func formats() {
    let formats = DataFormats.standard
    let missing = formats.endings.filter { !Self.targets.contains(Self.target(of: $0)) }
    #expect(missing == [], "add them to 'rows' in Tests/FuzzTargets/RowTargets.swift")
    #expect(formats.compressedEndings.contains { Self.targets.contains(Self.target(of: $0)) })
  }

  private static func target(of ending: String) -> String {
    "rows" + ending.replacing(".", with: "-")
  }

  @Test("Every folder of the corpus is a target's, and there are findings in it")
  func folders() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.findings.path)
    #expect(Set(folders).subtracting(Self.targets).isEmpty)
    #expect(try folders.map { try Self.entries($0).count }.reduce(0, +) >= 10)
  }

  private static func entries(_ name: String) throws -> [URL] {
    let folder = findings.appending(path: name)
    guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
    return try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil
    ).sorted { $0.path < $1.path }
  }
}
