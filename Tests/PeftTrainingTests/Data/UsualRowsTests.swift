import Peft
import PeftTestSupport
import Testing

@Suite("Rows of the usual kinds of sets") struct UsualRowsTests {
  /// The text of a row, and how many of its bytes are masked from the loss.
  private func row(_ json: String) throws -> (text: String, given: Int) {
    var stream = try DataFile("a.jsonl", json).stream(length: 512, isEvaluation: true)
    let batch = try #require(try stream.next())
    let ids = batch.inputs["input_ids"]?.integers() ?? []
    let labels = batch.inputs["labels"]?.integers() ?? []
    let text = ids.prefix { $0 != 0 }.map { UInt8($0) }
    return (
      String(decoding: text, as: UTF8.self), labels.prefix { $0 == -100 }.count
    )
  }

  @Test("A prompt is given, its completion is learnt")
  func completion() throws {
    let row = try row(#"{"prompt": "2 + 2 =", "completion": " 4"}"#)
    #expect(row.text == "2 + 2 = 4")
    #expect(row.given == 7)
  }

  @Test("Alpaca's rows have the prompt that they were made for, with an input or without")
  func alpaca() throws {
    let with = try row(#"{"instruction": "Add.", "input": "2, 2", "output": "4"}"#)
    #expect(
      with.text == """
        Below is an instruction that describes a task, paired with an input that provides further \
        context. Write a response that appropriately completes the request.

        ### Instruction:
        Add.

        ### Input:
        2, 2

        ### Response:
        4
        """)
    #expect(with.given == with.text.utf8.count - 1)
    for input in [#""input": "", "#, #""input": null, "#, ""] {
      let without = try row(#"{"instruction": "Greet.", \#(input)"output": "Hi"}"#)
      #expect(
        without.text == """
          Below is an instruction that describes a task. Write a response that appropriately \
          completes the request.

          ### Instruction:
          Greet.

          ### Response:
          Hi
          """)
    }
  }

  @Test("A field 'text' and templates come first")
  func precedence() throws {
    #expect(try row(#"{"text": "t", "prompt": "p", "completion": "c"}"#).text == "t")
    var stream = try DataFile("a.jsonl", #"{"prompt": "p", "completion": "c"}"#)
      .stream(text: "{completion}!", length: 16, isEvaluation: true)
    #expect(try stream.next()?.inputs["input_ids"]?.integers()?.prefix(2) == [0x63, 0x21])
  }

  @Test("For a decoder of its own, the prompt is read and the completion answered")
  func answers() throws {
    let rows = #"{"instruction": "Greet.", "output": "Hi"}"#
    var stream = try DataFile("a.jsonl", rows).stream(
      task: .decoderAnswer(), length: 256, isEvaluation: true)
    let batch = try #require(try stream.next())
    #expect(batch.inputs["labels"]?.integers()?.filter { $0 >= 0 } == [0x48, 0x69, 0])
    #expect(
      try DataFile("a.jsonl", #"{"text": "t"}"#).message { try $0.stream(task: .decoderAnswer()) }
        == """
        a.jsonl:1: a sequence-to-sequence model needs to know what to answer
          fix: set 'target' to a template, such as {summary}
        """)
  }

  @Test(
    "A row of such a kind that cannot be used",
    arguments: [
      (#"{"prompt": "p", "completion": null}"#, "a.jsonl:1: the field 'completion' is null"),
      (#"{"prompt": [1], "completion": "c"}"#, "a.jsonl:1: the field 'prompt' is a list"),
      (#"{"instruction": "i", "output": {"x": 1}}"#, "a.jsonl:1: the field 'output' is an object"),
      (#"{"instruction": "i"}"#, "a.jsonl:1: the row has no field 'text', but 'instruction'"),
    ])
  func mistakes(row: String, expected: String) throws {
    #expect(
      try DataFile("a.jsonl", row).message { try $0.stream() }?.hasPrefix(expected) == true)
  }
}

@Suite("Labels by their names") struct LabelNameTests {
  /// BERT with three classes of these names.
  private func objective(
    _ names: [String] = ["bad", "so so", "good"], type: TrainingRecipe.ProblemType? = nil
  ) throws -> TrainingObjective {
    let graph = try ModelDescription(
      "bert-base-classifier", setting: [("layers", "1"), ("labels", "\(names.count)")]
    ).graph()
    return try TrainingObjective(of: graph, problemType: type, labelNames: names)
  }

  private func labels(_ rows: [String], type: TrainingRecipe.ProblemType? = nil) throws -> [Float] {
    var stream = try DataFile("a.jsonl", rows.joined(separator: "\n")).stream(
      task: objective(type: type), batchSize: rows.count, isEvaluation: true)
    return try stream.next()?.inputs["labels"]?.floats() ?? []
  }

  @Test("Names and numbers stand for the same classes")
  func names() throws {
    let words = ["good", "bad", "so so"].map { #"{"text": "t", "label": "\#($0)"}"# }
    let numbers = ["2", #""0""#, "1"].map { #"{"text": "t", "label": \#($0)}"# }
    #expect(try labels(words) == [2, 0, 1])
    #expect(try labels(numbers) == [2, 0, 1])
  }

  @Test("Several names are 1 at their places, in a list or between semicolons")
  func several() throws {
    let rows = [#"["good", "bad"]"#, #""so so; good""#, "[0, 1, 0.5]"].map {
      #"{"text": "t", "label": \#($0)}"#
    }
    #expect(try labels(Array(rows[..<2]), type: .multiLabel) == [1, 0, 1, 0, 1, 1])
    #expect(try labels([rows[2]], type: .multiLabel) == [0, 1, 0.5])
  }

  @Test(
    "A name that the model does not have, and names beside numbers",
    arguments: [
      (
        ["\"good\"", "\"god\""],
        """
        a.jsonl:2: the label 'label' is 'god', and the model's are 'bad', 'so so' and 'good'
          fix: did you mean 'good'?
        """
      ),
      (
        ["\"good\"", "1"],
        """
        a.jsonl:2: the label 'label' is a number, and the first row's is a name
          fix: write all labels as names, or all as numbers
        """
      ),
      (
        ["1", "\"good\""],
        """
        a.jsonl:2: the label 'label' is a name, and the first row's is a number
          fix: write all labels as names, or all as numbers
        """
      ),
    ])
  func mistakes(labels: [String], expected: String) throws {
    let rows = labels.map { #"{"text": "t", "label": \#($0)}"# }.joined(separator: "\n")
    #expect(
      try DataFile("a.jsonl", rows).message { try $0.stream(task: try objective()) } == expected)
  }

  @Test("A checkpoint's id2label names them, in the order of the numbers")
  func configuration() throws {
    func names(_ labels: String) throws -> [String]? {
      try ModelDescription(
        configuration: """
          {"model_type": "bert", "architectures": ["BertForSequenceClassification"], \
          "id2label": \(labels)}
          """
      ).trainingDefaults.labelNames
    }
    #expect(try names(#"{"1": "pos", "0": "neg"}"#) == ["neg", "pos"])
    #expect(try names(#"{"1": "pos", "3": "neg"}"#) == nil)
  }
}
