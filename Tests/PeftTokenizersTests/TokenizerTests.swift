import PeftBasics
import PeftTokenizers
import Testing

@Suite("Tokenizers") struct TokenizerTests {
  @Test("Bytes are a tokenizer without a file", arguments: ["", "Hé!", "👩‍👩‍👧", "e\u{301}\0"])
  func bytes(text: String) throws {
    let encoding = try Tokenizer.bytes.encode(text)
    #expect(encoding.ids == text.utf8.map { Int($0) })
    #expect(try Tokenizer.bytes.decode(encoding.ids).isSame(as: text))
    #expect(Tokenizer.bytes.vocabularyCount == 256)
    #expect(Tokenizer.bytes.id(of: "<0x0A>") == 10)
  }

  @Test("Canonically equivalent tokens are two")
  func canonicalEquivalence() throws {
    let tokenizer = try Tokenizer(
      json: TokenizerErrorTests.file(
        model: #"{"type":"WordLevel","vocab":{"\u00e9":0,"e\u0301":1,"?":2},"unk_token":"?"}"#))
    #expect(try tokenizer.encode("\u{E9}").ids == [0])
    #expect(try tokenizer.encode("e\u{301}").ids == [1])
    #expect(tokenizer.id(of: "e\u{301}") == 1)
  }

  @Test("Special tokens around a text can be left out")
  func withoutSpecialTokens() throws {
    let tokenizer = try Tokenizer(fixture: "bert-cased")
    let encoding = try tokenizer.encode("you", addingSpecialTokens: true)
    #expect(encoding.tokens.map(\.isInserted) == [true, false, true])
    #expect(
      try tokenizer.encode("you", addingSpecialTokens: false).ids == [encoding.ids[1]])
    #expect(try tokenizer.decode(encoding.ids, skippingSpecialTokens: false) == "[CLS] you [SEP]")
  }

  @Test("The vocabulary counts and finds added tokens")
  func vocabulary() throws {
    let tokenizer = try Tokenizer(fixture: "llama3")
    let id = try #require(tokenizer.id(of: "<|eot|>"))
    #expect(id == tokenizer.vocabularyCount - 1)
    #expect(tokenizer.token(id) == "<|eot|>")
    #expect(tokenizer.token(id + 1) == nil)
  }

  @Test(
    "A word of a megabyte takes no square of time", .timeLimit(.minutes(10)),
    arguments: ["gpt2", "mistral", "t5", "unigram-bytes"])
  func longWord(name: String) throws {
    let tokenizer = try Tokenizer(fixture: name)
    let text = String(repeating: "the", count: 350_000)
    let ids = try tokenizer.encode(text, addingSpecialTokens: false).ids
    #expect(try tokenizer.decode(ids).isSame(as: text))
  }

  @Test("A Unigram model takes the first of two ways that score the same, from the left")
  func ties() throws {
    let tokenizer = try Tokenizer(
      json: TokenizerErrorTests.file(
        model: #"""
          {"type":"Unigram","unk_id":0,"vocab":[["?",0],["a",-1],["b",-1],["ab",-2],["ba",-2],["c",-9]]}
          """#))
    #expect(try tokenizer.encode("abab").ids == [3, 3])
    #expect(try tokenizer.encode("bab").ids == [2, 3])
    #expect(try tokenizer.encode("xyab?z").ids == [0, 3, 0])
    #expect(try tokenizer.encode("xyab").tokens.map(\.range) == [0..<2, 2..<4])
  }

  @Test(
    "A long run of one character takes no square of time", .timeLimit(.minutes(10)),
    arguments: [" ", ".", "\n", "a\u{301}"])
  func longRun(character: String) throws {
    let tokenizer = try Tokenizer(fixture: "llama3")
    let text = String(repeating: character, count: 200_000) + "x"
    let ids = try tokenizer.encode(text, addingSpecialTokens: false).ids
    #expect(try tokenizer.decode(ids).isSame(as: text))
  }
}
