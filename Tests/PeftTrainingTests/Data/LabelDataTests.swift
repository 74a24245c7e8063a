import Peft
import Testing

@Suite("Labels of batches") struct LabelDataTests {
  @Test("A prompt has no labels, and the text after it has all of its own")
  func prompt() throws {
    let file = try DataFile("a.jsonl", #"{"q": "ab", "a": "cd"}"#)
    var stream = try file.stream(text: "{a}", prompt: "{q}:", length: 8)
    let batch = try #require(try stream.next())
    #expect(batch.texts == ["ab:cd|"])
    #expect(batch.integers("labels") == [-100, -100, -100, 99, 100, 0, -100, -100])
    #expect(batch.countedEntries == 3)
  }

  @Test(
    "With any tokenizer, a prompt's tokens stand between the special tokens and the text's",
    arguments: ["gpt2", "llama2", "bert-uncased", "metaspace-always"])
  func promptWithTokenizers(name: String) throws {
    let tokens = try TokenSettings.fixture(name)
    let tokenizer = try #require(tokens.tokenizer)
    let file = try DataFile("a.jsonl", #"{"q": "he said", "a": "hello"}"#)
    var stream = try file.stream(text: "{a}", prompt: "{q}", tokens: tokens, length: 32)
    let batch = try #require(try stream.next())
    let text = try tokenizer.encode("hello").tokens
    let plain = text.filter { !$0.isInserted }.map(\.id)
    let prompt = try tokenizer.encode("he said", addingSpecialTokens: false).ids
    let before = text.prefix { $0.isInserted }.map(\.id)
    let after = text.dropFirst(before.count + plain.count).map(\.id)
    #expect(batch.rows == [before + prompt + plain + after])
    let learnt = batch.integers("labels").filter { $0 != -100 }
    #expect(learnt == plain + after)
    #expect(batch.integers("labels").prefix(before.count + prompt.count).allSatisfy { $0 == -100 })
  }

  @Test("A row whose prompt fills it is left out; where there is no other, it is an error")
  func longPrompt() throws {
    let full = #"{"q": "abcdefghij", "a": "x"}"#
    let file = try DataFile("a.jsonl", full + "\n" + #"{"q": "a", "a": "x"}"#)
    var stream = try file.stream(text: "{a}", prompt: "{q}", length: 4, isEvaluation: true)
    #expect(try stream.rest().map(\.countedEntries) == [2])
    #expect(stream.leftOutRows == 1)
    let alone = try DataFile("b.jsonl", full)
    var nothing = try alone.stream(text: "{a}", prompt: "{q}", length: 4)
    #expect(throws: DataError.self) { try nothing.next() }
  }

  @Test("A decoder reads what it answers, one place to the right")
  func sequenceToSequence() throws {
    let file = try DataFile("a.jsonl", #"{"text": "abc", "short": "xy"}"#)
    let tokens = TokenSettings(tokenizer: .bytes, endOfText: 1, padding: 0, decoderStart: 2)
    var stream = try file.stream(
      target: "{short}", task: .decoderAnswer(), tokens: tokens, length: 5)
    let batch = try #require(try stream.next())
    #expect(batch.integers("input_ids") == [97, 98, 99, 0, 0])
    #expect(batch.integers("labels") == [120, 121, 1, -100, -100])
    #expect(batch.integers("decoder_input_ids") == [2, 120, 121, 0, 0])
    #expect(batch.countedEntries == 3)
  }

  @Test("Classes are one number a row")
  func classes() throws {
    let file = try DataFile("a.csv", "text,kind\na,0\nb,2\n")
    var stream = try file.stream(label: "kind", task: .classes(count: 3), batchSize: 2)
    let batch = try #require(try stream.next())
    #expect(batch.inputs["labels"]?.shape == [2])
    #expect(batch.integers("labels") == [0, 2])
    #expect(batch.texts == ["a", "b"])
    #expect(batch.countedEntries == 2)
  }

  @Test("Several labels are a list in JSON and numbers in one field of a table")
  func multiLabel() throws {
    for (name, text) in [
      ("a.jsonl", #"{"text": "a", "label": [1, 0, true]}"#), ("a.csv", "text,label\na,1 0 1\n"),
      ("b.csv", "text,label\na,\"1,0,1\"\n"),
    ] {
      var stream = try DataFile(name, text).stream(task: .multiLabel(count: 3))
      let batch = try #require(try stream.next())
      #expect(batch.inputs["labels"]?.shape == [1, 3])
      #expect(batch.inputs["labels"]?.floats() == [1, 0, 1])
      #expect(batch.countedEntries == 3)
    }
  }

  @Test("A regression's labels are any finite numbers")
  func regression() throws {
    let file = try DataFile("a.jsonl", #"{"text": "a", "label": -1.5e2}"#)
    var stream = try file.stream(task: .regression(count: 1))
    let batch = try #require(try stream.next())
    #expect(batch.inputs["labels"]?.shape == [1, 1])
    #expect(batch.inputs["labels"]?.floats() == [-150])
    #expect(batch.countedEntries == 1)
  }
}
