import Foundation
import PeftTestSupport
import Testing

@Suite("peft data") struct DataCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func data(_ file: String, _ rows: String, _ options: String...) throws -> PeftProcess {
    try folder.file(file, rows)
    return try PeftProcess(
      arguments: [
        "data", "--model", Fixture.path("checkpoints/gpt2"), "--tokenizer", "bytes", "--data",
        folder.path(file),
      ] + options)
  }

  private func record(_ run: PeftProcess) throws -> [String: Any] {
    #expect(run.status == 0, "\(run.errors)")
    return try #require(
      JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
  }

  /// Bytes up to '<' are in the vocabulary of the fixtures' models.
  private static let prompts = """
    {"prompt": "1 + 1 :", "completion": " 2"}
    {"prompt": "2 + 2 :", "completion": " 4"}
    {"prompt": "00000000000000000000", "completion": "1"}

    """

  @Test("Shows what counts for the loss, and what becomes of the rows")
  func prompts() throws {
    let run = try data("a.jsonl", Self.prompts, "--sequence-length", "12", "--examples", "2")
    #expect(run.status == 0, "\(run.errors)")
    #expect(
      run.output.replacing("\(folder.path)/", with: "").hasPrefix(
        """
        a.jsonl:1 · 10 tokens, 3 count
          1 + 1 :[[ 2\\u{0}]]

        a.jsonl:2 · 10 tokens, 3 count
          2 + 2 :[[ 4\\u{0}]]

        a causal language model    training

        """), "\(run.output)")
    let lines = run.output.split(separator: "\n").map {
      $0.split(separator: " ").joined(separator: " ")
    }
    for line in [
      "rows 3", "used 2", "left out: no label counts 1", "labels that count 6",
      "padding in batches 16.7 %", "≤ 8 0", "≤ 16 2 \(String(repeating: "█", count: 40))",
    ] {
      #expect(lines.contains(line), "\(line)\n\(run.output)")
    }
  }

  @Test("JSON has the ids, which of them count, and the numbers")
  func json() throws {
    let record = try record(
      data("a.jsonl", Self.prompts, "--sequence-length", "12", "--format", "json"))
    let example = try #require((record["examples"] as? [[String: Any]])?.first)
    #expect(example["tokens"] as? [Int] == Array("1 + 1 : 2".utf8).map(Int.init) + [0])
    #expect(
      example["counts"] as? [Bool] == Array(repeating: false, count: 7) + [true, true, true])
    let training = try #require(record["training"] as? [String: Any])
    #expect(training["used"] as? Int == 2)
    #expect(training["no_label_counts"] as? Int == 1)
    #expect(training["longest"] as? Int == 10)
    // Two rows of 10 tokens are padded to 12, the whole sequence.
    let share = try #require(record["padding_share"] as? Double)
    #expect(abs(share - (1 - 20.0 / 24)) < 1e-12)
  }

  @Test("Classes are counted in both parts of data that are split")
  func classes() throws {
    let rows = (0..<20).map {
      #"{"text": "\#($0)", "label": "\#($0 % 4 == 0 ? "rare" : "usual")"}"#
    }
    try folder.file("rows.jsonl", rows.joined(separator: "\n"))
    let run = try PeftProcess(
      "data", "--model", Fixture.path("checkpoints/bert"), "--tokenizer", "bytes", "--data",
      folder.path("rows.jsonl"), "--labels", "auto", "--split", "0.4", "--format", "json")
    let record = try record(run)
    func classes(_ part: String) -> [String: Int]? {
      (record[part] as? [String: Any])?["classes"] as? [String: Int]
    }
    #expect(classes("training") == ["rare": 3, "usual": 9])
    #expect(classes("evaluation") == ["rare": 2, "usual": 6])
    let first = try #require((record["examples"] as? [[String: Any]])?.first)
    let isRare = try #require(Int(first["text"] as? String ?? "")) % 4 == 0
    #expect(first["label"] as? String == (isRare ? "rare" : "usual"))
  }

  @Test("Rows that cannot be used are counted, and said with their lines")
  func unusable() throws {
    let template =
      "{% if messages[0].content == '9' %}{{ raise_exception('no nines') }}{% endif %}"
      + "{% generation %}{{ messages[0].content }}{% endgeneration %}"
    let rows = (0..<20).map { row in
      #"{"messages": [{"role": "assistant", "content": "\#(row == 18 ? "9" : "12")"}]}"#
    }
    let run = try data(
      "a.jsonl", rows.joined(separator: "\n"), "--chat-template", template, "--format", "json")
    #expect(
      run.errors.contains("a.jsonl:19: chat_template:1:39: the template refuses this conversation"),
      "\(run.errors)")
    let training = try #require(record(run)["training"] as? [String: Any])
    #expect(training["unusable"] as? Int == 1)
    #expect(training["used"] as? Int == 19)
  }

  @Test("Tensors and tokens have no examples of texts")
  func tokens() throws {
    let run = try PeftProcess(
      "data", "--model", Fixture.path("checkpoints/gpt2"), "--data",
      Fixture.path("training/tokens.npy"), "--sequence-length", "8")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("tokens.npy, row 1 · 8 tokens, 7 count\n  "), "\(run.output)")
  }

  @Test("Without data, it asks for them")
  func nothing() throws {
    let run = try PeftProcess("data")
    #expect(run.status == 64)
    #expect(run.errors.contains("Say which data: give a recipe, or --model and --data."))
    let other = try PeftProcess("data", "--model", "gpt2")
    #expect(other.status == 1)
    #expect(other.errors.contains("data is missing: there is nothing to train on"))
  }
}
