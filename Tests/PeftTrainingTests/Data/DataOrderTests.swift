import Foundation
import Peft
import PeftBasics
import Testing

@Suite("The order of batches") struct DataOrderTests {
  /// Streams of every kind, all of which take more than an epoch for 14 batches.
  enum Kind: CaseIterable {
    case padded, grouped, packed, table, compressed, tensors, stream, array

    func file() throws -> DataFile {
      let lines = (0..<11).map { String(repeating: "x\($0)", count: $0 % 3 + 2) }
      return switch self {
      case .padded, .grouped, .packed: try DataFile("a.txt", lines.joined(separator: "\n"))
      case .table: try DataFile("a.csv", "text\n" + lines.joined(separator: "\n"))
      case .compressed:
        try DataFile("a.csv.gz", Data(("text\n" + lines.joined(separator: "\n")).utf8).gzipped)
      case .tensors: try DataFile(tensors: ["input_ids": Tensor(Array(0..<44), shape: [11, 4])])
      case .stream: try DataFile(tokens: Array(0..<70))
      case .array: try DataFile(array: Array(0..<55), shape: "(11, 5)")
      }
    }

    func stream(
      _ file: DataFile, shuffle: Bool = true, seed: UInt64 = 3, at position: DataPosition = .start,
      isEvaluation: Bool = false
    ) throws -> BatchStream {
      try file.stream(
        packed: self == .packed, shuffle: shuffle, batchSize: 3, length: 6,
        groupsByLength: self == .grouped, seed: seed, at: position, isEvaluation: isEvaluation)
    }
  }

  @Test(
    "From every place between two batches, a new stream goes on with the same ones",
    arguments: Kind.allCases, [true, false])
  func resume(kind: Kind, shuffle: Bool) throws {
    let file = try kind.file()
    var whole = try kind.stream(file, shuffle: shuffle)
    var positions = [Data]()
    var batches = [[String: [Float]]]()
    for _ in 0..<14 {
      positions.append(try JSONEncoder().encode(whole.position))
      batches.append(try #require(try whole.next()).contents)
    }
    for (number, data) in positions.enumerated() {
      let position = try JSONDecoder().decode(DataPosition.self, from: data)
      var resumed = try kind.stream(file, shuffle: shuffle, at: position)
      #expect(resumed.position == position)
      let rest = try resumed.batches(14 - number).map(\.contents)
      #expect(rest == Array(batches[number...]), "after \(number) batches")
      #expect(resumed.position == whole.position)
    }
  }

  @Test("A stream that ends can be gone on with, too, to its end", arguments: Kind.allCases)
  func resumeEvaluation(kind: Kind) throws {
    let file = try kind.file()
    var whole = try kind.stream(file, isEvaluation: true)
    var positions = [whole.position]
    var batches = [[String: [Float]]]()
    while let batch = try whole.next() {
      batches.append(batch.contents)
      positions.append(whole.position)
    }
    for (number, position) in positions.enumerated() {
      var resumed = try kind.stream(file, at: position, isEvaluation: true)
      #expect(try resumed.rest().map(\.contents) == Array(batches[number...]))
    }
  }

  @Test("A stream to measure with is in the file's order, whatever shuffling is asked for")
  func evaluationOrder() throws {
    let file = try DataFile("a.txt", "a\nb\nc\nd\ne\n")
    var stream = try file.stream(shuffle: true, batchSize: 2, isEvaluation: true)
    let batches = try stream.rest()
    #expect(batches.map(\.texts) == [["a|", "b|"], ["c|", "d|"], ["e|"]])
    #expect(try stream.next() == nil)
    #expect(try stream.batchesPerEpoch() == 3)
    #expect(batches.last?.inputs["input_ids"]?.shape == [1, 8])
  }

  @Test("Each epoch has every row once, in an order of its own that the seed determines")
  func shuffling() throws {
    let rows = (0..<50).map { "r\($0)" }
    let file = try DataFile("a.txt", rows.joined(separator: "\n"))
    func epochs(seed: UInt64) throws -> [[String]] {
      var stream = try file.stream(shuffle: true, batchSize: 5, seed: seed)
      return try (0..<3).map { _ in try stream.batches(10).flatMap(\.texts) }
    }
    let first = try epochs(seed: 0)
    for epoch in first { #expect(epoch.sorted() == rows.map { $0 + "|" }.sorted()) }
    #expect(Set(first + [rows.map { $0 + "|" }]).count == 4)
    #expect(try epochs(seed: 0) == first)
    #expect(Set(first + (try epochs(seed: 1))).count == 6)
  }

  @Test("Batches go across the end of an epoch, also where a file has fewer rows than a batch")
  func acrossEpochs() throws {
    let file = try DataFile("a.txt", "a\nb\nc\n")
    var stream = try file.stream(batchSize: 2)
    #expect(try stream.batches(3).flatMap(\.texts) == ["a|", "b|", "c|", "a|", "b|", "c|"])
    #expect(stream.position == DataPosition(epoch: 2, rowCount: 3))
    #expect(try stream.batchesPerEpoch() == 2)
    #expect(try stream.batches(inEpochs: 2) == 3)
    #expect(try stream.batches(inEpochs: 0.5) == 1)
    #expect(try file.stream(batchSize: 3).batches(inEpochs: 1.1) == 2)
    #expect(try file.stream(batchSize: 1).batches(inEpochs: 0.1 * 10 / 3) == 1)
    #expect(try stream.batches(inEpochs: 1e300) == 1 << 53)
    var small = try file.stream(batchSize: 5)
    #expect(try small.next()?.texts == ["a|", "b|", "c|", "a|", "b|"])
  }

  @Test("Tensors keep their order unless another is asked for")
  func tensors() throws {
    let file = try DataFile(
      tensors: ["input_ids": Tensor(Array(0..<40), shape: [20, 2])])
    func firsts(shuffle: Bool?) throws -> [Int] {
      var stream = try file.stream(shuffle: shuffle, batchSize: 20)
      return try #require(try stream.next()).rows.map { $0[0] / 2 }
    }
    #expect(try firsts(shuffle: nil) == Array(0..<20))
    #expect(try firsts(shuffle: false) == Array(0..<20))
    #expect(try firsts(shuffle: true) != Array(0..<20))
    #expect(try firsts(shuffle: true).sorted() == Array(0..<20))
  }
}
