import Foundation
import Peft
import PeftTestSupport
import PeftTokenizers
import Testing

@Suite("Rows that are conversations") struct ChatRowsTests {
  /// A row that TRL made tokens and labels of.
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let tokenizer: String
    let template: String
    let trainOn: String
    let ids: [Int]
    let labels: [Int]

    var testDescription: String { "\(tokenizer), \(template), \(trainOn)" }

    private enum CodingKeys: String, CodingKey {
      case tokenizer, template, ids, labels
      case trainOn = "train_on"
    }
  }

  private static let path = Fixture.path("chat/rows.json")
  static let cases: [Case] = (try? Fixture.decode("chat/rows.json")) ?? []

  @Test("All rows of the fixture are there")
  func count() { #expect(Self.cases.count == 45) }

  @Test("Tokens and labels are TRL's", arguments: cases.indices)
  func equalsTRL(index: Int) throws {
    let expected = Self.cases[index]
    let json = try JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(fileURLWithPath: Self.path)))
    let row = try #require(((json as? [[String: Any]])?[index]["row"]) as? [String: Any])
    let file = try DataFile("a.jsonl", JSONSerialization.data(withJSONObject: row))
    let settings = DataSettings(
      train: [file.path], trainOn: try #require(TrainOn(rawValue: expected.trainOn)),
      chatTemplate: Fixture.path("templates/\(expected.template).jinja"))
    var stream = try BatchStream(
      settings, files: [file.path], objective: .nextToken(),
      tokens: .fixture(expected.tokenizer), batchSize: 1, sequenceLength: 1024, isEvaluation: true)
    let batch = try #require(try stream.next())
    #expect(batch.rows == [expected.ids])
    #expect(Array(batch.integers("labels").prefix(expected.labels.count)) == expected.labels)
  }

  private static let template =
    "{% for m in messages %}<{{ m.role }}>{{ m.content }}</>{% endfor %}"
    + "{% if add_generation_prompt %}<assistant>{% endif %}"

  /// The text of a row, and what counts of it.
  private func row(
    _ json: String, trainOn: TrainOn = .assistant, template: String = template,
    date: ChatDate? = nil, task: TrainingObjective = .nextToken()
  ) throws -> (text: String, counted: String) {
    let file = try DataFile("a.jsonl", json)
    var stream = try BatchStream(
      DataSettings(
        train: [file.path], trainOn: trainOn, chatTemplate: template, chatDate: date),
      files: [file.path], objective: task, tokens: .bytes, batchSize: 1, sequenceLength: 512,
      isEvaluation: true)
    let batch = try #require(try stream.next())
    func text(_ ids: [Int]) -> String { String(decoding: ids.map { UInt8($0) }, as: UTF8.self) }
    return (text(batch.rows[0]), text(batch.integers("labels").filter { $0 >= 0 }))
  }

  @Test(
    "Messages, ShareGPT's turns, and prompts with completions that are messages",
    arguments: [
      #"{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}"#,
      #"{"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]}"#,
      #"{"conversations": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}"#,
      #"{"prompt": [{"role": "user", "content": "a"}], "completion": [{"role": "assistant", "content": "b"}]}"#,
      #"{"prompt": "x", "text": "y", "messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}"#,
    ])
  func kinds(json: String) throws {
    let (text, counted) = try row(json)
    #expect(text == "<user>a</><assistant>b</>")
    #expect(counted == "b</>")
    #expect(try row(json, trainOn: .all).counted == text)
  }

  @Test("All of a row with a prompt counts where all is trained on")
  func prompt() throws {
    let json = #"{"prompt": "2 + 2 =", "completion": " 4"}"#
    #expect(try row(json).counted == " 4\0")
    #expect(try row(json, trainOn: .all).counted == "2 + 2 = 4\0")
  }

  @Test("A template is given a row's tools and variables, and the day")
  func variables() throws {
    let template =
      "{{ strftime_now('%d %B %Y') }}{{ tools[0].name }}{{ mood }}"
      + "{% generation %}{{ messages[0].content }}{% endgeneration %}"
    for tools in [#"[{"name": "t"}]"#, #""[{\"name\": \"t\"}]""#] {
      let json = """
        {"messages": [{"role": "assistant", "content": "x"}], "tools": \(tools), \
        "chat_template_kwargs": {"mood": "m"}}
        """
      let (text, counted) = try row(json, template: template, date: ChatDate("2026-02-03"))
      #expect(text == "03 February 2026tmx")
      #expect(counted == "x")
    }
  }

  @Test(
    "A day is written as such",
    arguments: ["2026-2-3", "26-02-03", "2026-13-01", "2026-00-01", "2026-01-32", "today", ""])
  func days(text: String) { #expect(ChatDate(text) == nil) }

  @Test("A classifier reads the conversation as a text")
  func classifier() throws {
    let json = #"{"messages": [{"role": "user", "content": "a"}], "label": 1}"#
    #expect(try row(json, task: .classes(count: 2)).text == "<user>a</>")
  }

  @Test(
    "A conversation that cannot be used",
    arguments: [
      (
        #"{"messages": []}"#,
        """
        a.jsonl:1: 'messages' has no messages
          fix: write one message at least, or remove the row
        """
      ),
      (
        #"{"messages": ["hi"]}"#,
        """
        a.jsonl:1: message 1 of 'messages' is a text, not an object
          fix: write messages as {"role": "user", "content": "…"}
        """
      ),
      (
        #"{"messages": [{"role": "user", "content": "a"}, {"content": "b"}]}"#,
        """
        a.jsonl:1: message 2 of 'messages' has no 'role'
          fix: write messages as {"role": "user", "content": "…"}
        """
      ),
      (
        #"{"messages": [{"role": 1, "content": "b"}]}"#,
        """
        a.jsonl:1: message 1 of 'messages' has a 'role' that is a number
          fix: write messages as {"role": "user", "content": "…"}
        """
      ),
      (
        #"{"messages": [{"role": "user", "content": "b"}], "tools": 1}"#,
        """
        a.jsonl:1: 'tools' is no list of tools
          fix: write a list of objects, as JSON Schema has them
        """
      ),
      (
        #"{"messages": [{"role": "user", "content": "b"}], "chat_template_kwargs": 1}"#,
        """
        a.jsonl:1: 'chat_template_kwargs' is not an object
          fix: write {"name": value, …} with the variables of the chat template
        """
      ),
      (
        #"{"messages": [{"role": "user", "content": "b"}]}"# + "\n" + #"{"text": "b"}"#,
        """
        a.jsonl:2: the row has no field 'messages', but 'text'
          fix: name one of its fields
        """
      ),
    ])
  func mistakes(rows: String, expected: String) throws {
    #expect(try message(rows, template: Self.template) == expected)
  }

  private func message(
    _ rows: String, template: String?, task: TrainingObjective = .nextToken()
  ) throws -> String? {
    try DataFile("a.jsonl", rows).message { file in
      try BatchStream(
        DataSettings(train: [file.path], chatTemplate: template), files: [file.path],
        objective: task, tokens: .bytes, batchSize: 1, sequenceLength: 64, isEvaluation: true)
    }
  }

  private static let hello = #"{"messages": [{"role": "user", "content": "Hello"}]}"#

  @Test("Without a chat template, it is asked for")
  func noTemplate() throws {
    #expect(
      try message(Self.hello, template: nil) == """
        a.jsonl: the rows are conversations, and the tokenizer's folder has no chat template
          fix: give data a 'chat_template': a .jinja file, or a template's name; or a 'text' that makes texts of the rows
        """)
  }

  @Test("What the template says of a conversation is said with the row's line")
  func refused() throws {
    #expect(
      try message(Self.hello, template: "{{ raise_exception('no system message') }}") == """
        a.jsonl:1: chat_template:1:4: the template refuses this conversation: no system message
          fix: change the messages
        """)
    let turns = #"{"messages": [{"role": "assistant", "content": "Hello"}]}"#
    #expect(
      try message(turns, template: Self.template) == """
        a.jsonl:1: which part of the text message 1, the assistant's, becomes cannot be told: no message comes before it
          fix: put '{% generation %}' and '{% endgeneration %}' around the assistant's part of the template, or train on all tokens
        """)
  }

  @Test("A sequence-to-sequence model is not trained on conversations")
  func otherTask() throws {
    #expect(
      try message(Self.hello, template: Self.template, task: .decoderAnswer()) == """
        a.jsonl:1: the rows are conversations, which a sequence-to-sequence model is not trained on
          fix: give data a 'text' and a 'target' that make texts of the rows
        """)
  }
}
