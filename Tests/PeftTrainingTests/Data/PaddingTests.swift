import Peft
import Testing

@Suite("Lengths of rows") struct PaddingTests {
  /// Texts of so many bytes, each with an end of text behind it.
  private static func file(_ lengths: [Int]) throws -> DataFile {
    try DataFile(
      "a.txt",
      lengths.map { String(repeating: "x", count: $0 - 1) }.joined(separator: "\n"))
  }

  private static func width(_ batch: TrainingBatch?) -> Int? {
    batch?.inputs["input_ids"]?.shape[1]
  }

  @Test(
    "The longest row of a batch is rounded up to a multiple of 8, above 64 to one of 8 lengths in a doubling",
    arguments: [
      (2, 8), (8, 8), (9, 16), (25, 32), (63, 64), (65, 72), (128, 128), (129, 144), (162, 176),
      (257, 288), (300, 300), (512, 300),
    ])
  func lengths(longest: Int, padded: Int) throws {
    var stream = try Self.file([2, longest]).stream(batchSize: 2, length: 300)
    let batch = try stream.next()
    #expect(Self.width(batch) == padded)
    #expect(batch?.inputs["labels"]?.shape == [2, padded])
    #expect(batch?.fullLength == 300)
    #expect(batch?.tokenCount == 2 + min(longest, 300))
    var full = try Self.file([2, longest]).stream(
      batchSize: 2, length: 300, padding: .maxLength)
    #expect(try Self.width(full.next()) == 300)
  }

  @Test("A decoder's rows have a length of their own, labels of every token that of the tokens")
  func targets() throws {
    let file = try DataFile(
      "a.jsonl", #"{"text": "ab", "target": "\#(String(repeating: "c", count: 20))"}"#)
    func shapes(_ task: TrainingObjective) throws -> [String: [Int]] {
      var stream = try file.stream(target: "{target}", task: task, length: 40)
      return try #require(try stream.next()).inputs.mapValues(\.shape)
    }
    let decoded = try shapes(.decoderAnswer())
    #expect(decoded["input_ids"] == [1, 8])
    #expect(decoded["labels"] == [1, 24] && decoded["decoder_input_ids"] == [1, 24])
    let masked = try shapes(.everyToken())
    #expect(masked["input_ids"] == [1, 24] && masked["labels"] == [1, 24])
  }

  @Test("Grouped by length, an epoch has every row once, in an order that seed and epoch determine")
  func groups() throws {
    let lengths = (0..<100).map { 2 + $0 * 37 % 90 }
    let file = try Self.file(lengths)
    func epochs(seed: UInt64) throws -> [[Int]] {
      var stream = try file.stream(
        shuffle: nil, batchSize: 4, length: 80, groupsByLength: true, seed: seed)
      return try (0..<2).map { _ in try stream.batches(25).flatMap { $0.rows.map(\.count) } }
    }
    let first = try epochs(seed: 1)
    let truncated = lengths.map { min($0, 80) }
    for epoch in first {
      #expect(epoch.sorted() == truncated.sorted())
      #expect(epoch[0] == 80, "the longest row comes first")
      // A quarter of the file's batches make a group, in which rows become shorter; one was exchanged.
      for start in stride(from: 0, to: 96, by: 24) {
        let group = epoch[start..<start + 24].dropFirst()
        #expect(zip(group, group.dropFirst()).allSatisfy { $0 >= $1 }, "\(group)")
      }
    }
    #expect(first[0] != first[1])
    #expect(try epochs(seed: 1) == first)
    #expect(try epochs(seed: 2) != first)
  }

  @Test("Evaluation groups the whole file, the longest row first")
  func evaluation() throws {
    var stream = try Self.file([3, 9, 5, 20, 4]).stream(
      batchSize: 2, length: 16, groupsByLength: true, isEvaluation: true)
    let batches = try stream.rest()
    #expect(batches.map { $0.rows.map(\.count) } == [[16, 9], [5, 4], [3]])
    #expect(batches.map { Self.width($0) } == [16, 8, 8])
  }

  @Test("Rows that all have one length are not grouped, and that is said")
  func needless() throws {
    let file = try DataFile(tokens: Array(0..<64))
    let stream = try file.stream(shuffle: nil, groupsByLength: true)
    #expect(
      stream.warnings == ["\(file.path): all rows have one length: group_by_length changes nothing"]
    )
  }
}
