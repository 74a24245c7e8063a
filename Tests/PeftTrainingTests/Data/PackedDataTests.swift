import Peft
import Testing

@Suite("Packed documents") struct PackedDataTests {
  private static let corpus = (1...17).map { String(repeating: "\($0),", count: $0 % 5 + 1) }
  private static let text = corpus.joined(separator: "\n")

  @Test("Sequences put together are the corpus, a token after each document")
  func partition() throws {
    let file = try DataFile("a.txt", Self.text)
    var stream = try file.stream(packed: true, batchSize: 3, length: 7, isEvaluation: true)
    let expected = try stream.batchesPerEpoch()
    let batches = try stream.rest()
    #expect(batches.flatMap(\.texts).joined() == Self.corpus.map { $0 + "|" }.joined())
    #expect(batches.count == expected)
    #expect(batches.dropLast().allSatisfy { $0.inputs["input_ids"]?.shape == [3, 7] })
  }

  @Test("Every row of a training batch is full, and epochs follow each other without loss")
  func epochs() throws {
    let file = try DataFile("a.txt", Self.text)
    var stream = try file.stream(packed: true, batchSize: 2, length: 7)
    let whole = Self.corpus.map { $0 + "|" }.joined()
    let count = try stream.batches(inEpochs: 2)
    let batches = try stream.batches(count)
    let text = batches.flatMap(\.texts).joined()
    #expect(text.hasPrefix(whole + whole))
    #expect(text.utf8.count - 2 * whole.utf8.count < 14)
    #expect(batches.allSatisfy { $0.tokenCount == 14 && $0.countedEntries == 12 })
  }

  @Test("A shuffled epoch has every document once")
  func shuffled() throws {
    let file = try DataFile("a.txt", Self.text)
    let whole = Self.corpus.map { $0 + "|" }.joined()
    var stream = try file.stream(
      packed: true, shuffle: true, batchSize: 1, length: whole.utf8.count)
    let epochs = try (0..<2).map { _ in try stream.batches(1).flatMap(\.texts).joined() }
    for epoch in epochs {
      #expect(epoch.split(separator: "|").map(String.init).sorted() == Self.corpus.sorted())
    }
    #expect(epochs[0] != epochs[1])
    #expect(epochs[0] != whole)
  }

  @Test("Prompts stay masked across the cuts, and a sequence of nothing else is left out")
  func prompts() throws {
    let file = try DataFile(
      "a.jsonl", #"{"q": "abc", "a": "de"}"# + "\n" + #"{"q": "f", "a": "g"}"#)
    var stream = try file.stream(
      text: "{a}", prompt: "{q}", packed: true, length: 3, isEvaluation: true)
    let labels = try stream.rest().map { $0.integers("labels") }
    #expect(labels == [[100, 101, 0], [-100, 103, 0]])
    #expect(stream.leftOutRows == 1)
  }

  @Test("Without a token for a text's end, a warning says so")
  func noEndOfText() throws {
    let file = try DataFile("a.txt", "ab\ncd\n")
    var stream = try file.stream(
      packed: true, tokens: TokenSettings(tokenizer: .bytes, vocabularySize: 200), length: 4)
    #expect(try stream.next()?.texts == ["abcd"])
    #expect(
      stream.warnings == [
        "the tokenizer has 256 tokens, the model's vocabulary 200",
        "the tokenizer has no end-of-text token: documents are not separated",
      ])
  }
}
