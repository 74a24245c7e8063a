import Foundation
import PeftTestSupport
import Testing

@Suite("peft tokenize") struct TokenizeCommandTests {
  private static let roberta = Fixture.path("tokenizers/roberta.json")

  @Test("A table shows ids, tokens and the text they cover, spaces and control characters included")
  func table() throws {
    let run = try PeftProcess("tokenize", Self.roberta, " Hé  <mask> wor\tld")
    #expect(run.status == 0, "\(run.errors)")
    #expect(
      run.output.split(separator: "\n").map { $0.split(separator: " ").first } == [
        "id", "0", "224", "43", "131", "106", "420", "281", "397", "201", "418", "2",
      ])
    #expect(run.output.contains("'  <mask>'"))
  }

  @Test("JSON has the bytes of the text that each token covers")
  func json() throws {
    let run = try PeftProcess("tokenize", "bytes", "é", "--format", "json")
    let rows = try #require(run.json as? [[String: Any]])
    #expect(rows.map { $0["id"] as? Int } == [0xC3, 0xA9])
    #expect(rows.map { $0["token"] as? String } == ["<0xC3>", "<0xA9>"])
    #expect(rows.map { $0["end"] as? Int } == [2, 2])
  }

  @Test("CSV and Markdown hold the same rows")
  func csvAndMarkdown() throws {
    let csv = try PeftProcess("tokenize", "bytes", "a,b", "--format", "csv")
    #expect(
      csv.output.split { $0.isNewline } == [
        "id,token,text,start,end", "97,<0x61>,a,0,1", "44,<0x2C>,\",\",1,2", "98,<0x62>,b,2,3",
      ])
    let markdown = try PeftProcess("tokenize", "bytes", "a", "--format", "markdown")
    #expect(markdown.output.contains("97 |"))
  }

  @Test("Special tokens can be left out, both ways")
  func specialTokens() throws {
    let bare = try PeftProcess(
      "tokenize", Self.roberta, "a", "--no-special-tokens", "--format", "csv")
    #expect(bare.output.split { $0.isNewline }.count == 2)
    #expect(
      try PeftProcess("tokenize", Self.roberta, "--decode", "0,43,2").output == "<s>H</s>\n")
    #expect(
      try PeftProcess("tokenize", Self.roberta, "--decode", "0 43 2", "--no-special-tokens").output
        == "H\n")
  }

  @Test("Standard input is the text where none is given")
  func standardInput() throws {
    #expect(try PeftProcess("tokenize", "bytes", "--format", "csv").output.hasPrefix("id,token"))
  }

  @Test(
    "Mistakes end with one message",
    arguments: [
      (["nowhere"], 1, "nowhere: error: there is no such file\n  fix: check the path\n"),
      (["bytes", "--decode", "300"], 1, "bytes: error: no token has the id 300"),
      (["bytes", "--decode", "x"], 64, "'x' is not an id, such as 995."),
      (["bytes", "a", "--decode", "1"], 64, "--decode takes ids and no TEXT."),
    ])
  func mistakes(arguments: [String], status: Int32, message: String) throws {
    let run = try PeftProcess(arguments: ["tokenize"] + arguments)
    #expect(run.status == status)
    #expect(run.errors.contains(message), "\(run.errors)")
    #expect(run.output.isEmpty)
  }

  @Test("What is printed grows with the text, not with its square", arguments: ["csv", "table"])
  func size(format: String) throws {
    let text = "e" + String(repeating: "\u{301}\u{323}", count: 1000)
    for name in ["clip", "nfkd-strip", "qwen"] {
      let run = try PeftProcess(
        "tokenize", Fixture.path("tokenizers/\(name).json"), text, "--format", format)
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.output.utf8.count < 100 * text.utf8.count, "\(name)")
    }
  }

  @Test("Standard input that does not end is refused")
  func endlessInput() throws {
    let run = try PeftProcess(
      arguments: ["tokenize", "bytes"], standardInput: FileHandle(forReadingAtPath: "/dev/zero"))
    #expect(run.status == 1)
    #expect(run.output.isEmpty)
    #expect(
      run.errors == """
        error: standard input is longer than 16 MB
          fix: give the text in parts, and let each end

        """)
  }
}
