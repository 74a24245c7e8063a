import Foundation
import Peft
import PeftBasics
import PeftTestSupport
import Testing

@Suite("Texts as batches") struct TextDataTests {
  private func texts(
    _ name: String, _ contents: String, text: String? = nil
  ) throws -> [String] {
    let file = try DataFile(name, contents)
    var stream = try file.stream(text: text, batchSize: 100, length: 64, isEvaluation: true)
    return try stream.rest().flatMap(\.texts)
  }

  @Test("Lines are documents, blank ones are left out, line ends of every kind are no text")
  func lines() throws {
    #expect(try texts("a.txt", "one\r\n\n  two \n \t\nthree") == ["one|", "  two |", "three|"])
  }

  @Test("A byte order mark is no text")
  func byteOrderMark() throws {
    #expect(try texts("a.txt", "\u{FEFF}one\n") == ["one|"])
    #expect(try texts("a.csv", "\u{FEFF}text\none\n") == ["one|"])
  }

  @Test("Fields of JSON lines fill a template, nested ones by their path, numbers as written")
  func jsonLines() throws {
    let rows = """
      {"q": "a", "answer": {"text": "b", "score": 1.50}, "ok": true}

      {"q": "\\u00e9", "answer": {"text": "", "score": -2e3}, "ok": false}
      """
    #expect(
      try texts("a.jsonl", rows, text: "{q} => {answer.text}{{{answer.score}}} {ok}")
        == ["a => b{1.50} true|", "é => {-2e3} false|"])
  }

  @Test("Without a template, the field 'text' is a document")
  func fieldText() throws {
    #expect(try texts("a.jsonl", #"{"id": 3, "text": "hello"}"#) == ["hello|"])
  }

  @Test("A name that is written out wins over a path, and of two the last")
  func names() throws {
    #expect(try texts("a.jsonl", #"{"a": {"b": 1}, "a.b": 2}"#, text: "{a.b}") == ["2|"])
    #expect(try texts("a.jsonl", #"{"text": 1, "text": 2}"#) == ["2|"])
  }

  @Test("Quoted fields of a table hold commas, quotes and line ends")
  func table() throws {
    let rows = "name,text\r\n\"a, b\",\"said \"\"hi\"\"\nand left\"\r\n\r\nplain,\n,\"\"\n"
    #expect(
      try texts("a.csv", rows, text: "<{name}:{text}>")
        == ["<a, b:said \"hi\"\nand left>|", "<plain:>|", "<:>|"])
  }

  @Test("Fields between tabs hold commas, and in quotes tabs, quotes and line ends")
  func tabs() throws {
    let rows = [
      "\u{FEFF}name\ttext", "a, b\t\"said \"\"hi\"\"\tand\nleft\"", "", "plain 5\" \t",
      "\t\"\"\n",
    ].joined(separator: "\r\n")
    #expect(
      try texts("a.TSV", rows, text: "<{name}:{text}>")
        == ["<a, b:said \"hi\"\tand\nleft>|", "<plain 5\" :>|", "<:>|"])
  }

  @Test("What is not UTF-8 becomes U+FFFD", arguments: DataFormats.standard.rowEndings)
  func notUTF8(ending: String) throws {
    let file = try DataFile.row(ending, text: Data([0x61, 0xFF, 0x62]))
    var stream = try file.stream(isEvaluation: true)
    #expect(try stream.rest().flatMap(\.texts) == ["a\u{FFFD}b|"])
  }

  @Test("Rows are filled up on the right, and padding has no label")
  func padding() throws {
    let file = try DataFile("a.txt", "abc\n")
    var stream = try file.stream(
      tokens: TokenSettings(tokenizer: .bytes, endOfText: 0, padding: 7), length: 6)
    let batch = try #require(try stream.next())
    #expect(batch.inputs["input_ids"]?.shape == [1, 6])
    #expect(batch.integers("input_ids") == [97, 98, 99, 0, 7, 7])
    #expect(batch.integers("attention_mask") == [1, 1, 1, 1, 0, 0])
    #expect(batch.integers("token_type_ids") == [0, 0, 0, 0, 0, 0])
    #expect(batch.integers("labels") == [97, 98, 99, 0, -100, -100])
    #expect(batch.countedEntries == 3)
    #expect(batch.tokenCount == 4)
  }

  @Test("Rows that are too long are cut and counted, once for all epochs")
  func cutting() throws {
    let file = try DataFile("a.txt", "abcdefgh\nab\nabcdefghijk\n")
    var stream = try file.stream(batchSize: 3, length: 4)
    #expect(try stream.next()?.texts == ["abcd", "ab|", "abcd"])
    #expect(stream.cutRows == 2)
    _ = try stream.next()
    #expect(stream.cutRows == 2)
  }

  @Test("What the files beside a tokenizer say of its tokens is used")
  func tokenFiles() throws {
    let folder = try TemporaryFolder()
    try folder.copy(Fixture.path("tokenizers/llama2.json"), to: "tokenizer.json")
    #expect(try TokenSettings(named: folder.path).endOfText == nil)
    try folder.file(
      "config.json",
      #"{"eos_token_id": [9, 8], "pad_token_id": 5, "decoder_start_token_id": 6}"#)
    let numbers = try TokenSettings(named: folder.path)
    #expect(numbers.endOfText == 9)
    #expect(numbers.padding == 5)
    #expect(numbers.decoderStart == 6)
    try folder.file("tokenizer_config.json", #"{"eos_token": {"content": "</s>"}}"#)
    let named = try TokenSettings(named: "\(folder.path)/tokenizer.json")
    #expect(named.endOfText == named.tokenizer?.id(of: "</s>"))
    #expect(try TokenSettings(named: "bytes").endOfText == 0)
  }
}
