import Foundation
import PeftTestSupport
import Testing

/// What the other tests stand on.
@Suite("Support for tests") struct TestSupportTests {
  private struct Row: Decodable {
    let tuner: String
  }

  @Test("Recorded rows are all there, or an error says how many were found and where to correct it")
  func rows() throws {
    func rows(_ key: String, exactly count: Int) throws -> [Row] {
      try Fixture.rows("algebra.json", at: key, exactly: count)
    }
    let tuners = try rows("rows", exactly: 11).map(\.tuner)
    #expect(Set(tuners) == ["LORA", "RANDLORA"])
    #expect(
      message { _ = try rows("rows", exactly: 10) }?
        .hasPrefix("rows of algebra.json: found 11, expected 10. ") == true)
    #expect(throws: DecodingError.self) { try rows("row", exactly: 0) }
    let line = #line + 1
    let mistake = message { _ = try [1, 2].exactly(3, "numbers") }
    #expect(
      mistake == "numbers: found 2, expected 3. Where rows were added, correct the number in "
        + "Tests/PeftBasicsTests/TestSupportTests.swift:\(line)")
  }

  @Test("A temporary folder goes with its last owner")
  func temporaryFolder() throws {
    var folder: TemporaryFolder? = try TemporaryFolder()
    let path = try #require(try folder?.file("inner/a.txt", "old"))
    #expect(try folder?.names() == ["inner"])
    try folder?.edit("inner/a.txt", "old", "new")
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "new")
    #expect(
      message { try folder?.edit("inner/a.txt", "old", "") } == "inner/a.txt has no 'old'")
    folder = nil
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test("Nothing else looks for the repository's files or makes folders of its own")
  func isUsed() throws {
    let tests = Repository.root.appending(path: "Tests")
    let files = try #require(
      FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil)
    ).compactMap { $0 as? URL }
    let sources = files.filter { file in
      file.pathExtension == "swift" && !file.path.contains("/PeftTestSupport/")
        && file.lastPathComponent != "TestSupportTests.swift"
    }
    #expect(sources.contains { $0.lastPathComponent == "LossCurveTests.swift" })
    for source in sources {
      let text = try String(contentsOf: source, encoding: .utf8)
      #expect(!text.contains("#filePath"), "\(source.path): use Fixture or Repository")
      #expect(!text.contains("emporaryDirectory"), "\(source.path): use TemporaryFolder")
    }
  }

  @Test("Random numbers are SplitMix64's")
  func randomNumbers() {
    // The first numbers of the reference implementation from the seed 0.
    var random = RandomNumbers(seed: 0)
    #expect(
      (0..<3).map { _ in random.next() }
        == [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4, 0x06c4_5d18_8009_454f])
  }
}
