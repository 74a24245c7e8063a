import Foundation
import PeftTestSupport
import Testing

@Suite("peft evaluate") struct EvaluateCommandTests {
  static func path(_ name: String) -> String { Fixture.path("evaluation/\(name)") }
  private static let bert = path("bert")
  private static let rows = path("rows.csv")

  @Test("Base and adapters stand side by side, with classes and confusion of each")
  func table() throws {
    let run = try PeftProcess(
      "evaluate", Self.bert, "--adapter", Self.path("lora"), "--data", Self.rows)
    #expect(run.status == 0, "\(run.errors)")
    let lines = run.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    #expect(lines[0] == ["measure", "base", "lora"])
    #expect(lines.contains(["accuracy", "0.6458", "0.8125"]))
    #expect(lines.contains(["rows", "48", "48"]))
    #expect(lines.count { $0 == ["lora"] } == 2)
    #expect(run.output.contains("true ↓  predicted →"))
    #expect(run.errors.hasPrefix("warning: ") && run.errors.hasSuffix("truncated\n"))
    #expect(run.errors.split(separator: "\n").count == 1)
  }

  @Test("JSON and CSV have every measure, unrounded")
  func records() throws {
    let json = try PeftProcess(
      "evaluate", Self.bert, "--adapter", Self.path("lora"), "--no-base", "--data", Self.rows,
      "--format", "json")
    let report = try #require(try json.json as? [String: Any])
    let results = try #require(report["results"] as? [[String: Any]])
    #expect(results.map { $0["name"] as? String } == ["lora"])
    #expect(results[0]["accuracy"] as? Double == 0.8125)
    #expect((results[0]["classes"] as? [[String: Any]])?.count == 4)
    #expect((results[0]["confusion"] as? [[Int]])?.joined().reduce(0, +) == 48)
    #expect(report["data"] as? [String] == [Self.rows])
    let csv = try PeftProcess(
      "evaluate", Self.path("gpt2"), "--tokenizer", Fixture.path("tokenizers/gpt2.json"), "--data",
      Self.rows, "--format", "csv")
    let lines = csv.output.split { $0.isNewline }
    #expect(
      lines[0]
        == "name,adapter,rows,truncated_rows,left_out_rows,entries,loss,perplexity,bits_per_byte,accuracy"
    )
    #expect(lines.count == 2 && lines[1].hasPrefix("base,,48,"))
  }

  @Test("A chart shows the confusion, of several models one each")
  func charts() throws {
    let folder = try TemporaryFolder()
    let one = try PeftProcess(
      "evaluate", Self.bert, "--data", Self.rows, "--chart", folder.path("c.svg"))
    #expect(one.errors.contains("wrote \(folder.path("c.svg"))\n"))
    #expect(try folder.text("c.svg").contains("licence"))
    let two = try PeftProcess(
      "evaluate", Self.bert, "--adapter", Self.path("lora"), "--data", Self.rows, "--chart",
      folder.path("d.svg"))
    #expect(two.status == 0)
    #expect(try folder.names() == ["c.svg", "d-base.svg", "d-lora.svg"])
    let none = try PeftProcess(
      "evaluate", Self.path("gpt2"), "--tokenizer", "bytes", "--data", Self.rows, "--chart",
      folder.path("e.svg"))
    #expect(none.status == 1)
    #expect(
      none.errors == """
        error: --chart shows the confusion of classes, and the model is for a causal language model
          fix: leave --chart out

        """)
    #expect(!folder.exists("e.svg"))
  }

  @Test("A base without the head that an adapter brings is left out with a note")
  func freshHead() throws {
    let folder = try TemporaryFolder()
    try folder.copy(Self.bert, to: "bert")
    // An adapter that saves the head in full.
    let train = try PeftProcess(
      "train", "--model", Self.bert, "--tuner", "lora:r=2,modules_to_save=[classifier]", "--data",
      Self.rows, "--steps", "1", "--batch-size", "2", "--output", folder.path("run"))
    #expect(train.status == 0, "\(train.errors)")
    try folder.copy(Self.path("sentences/model.safetensors"), to: "bare.safetensors")
    let run = try PeftProcess(
      "evaluate", Self.bert, "--weights", folder.path("bare.safetensors"), "--adapter",
      folder.path("run/last"), "--data", Self.rows)
    #expect(run.status == 0, "\(run.errors)")
    #expect(
      run.errors.contains(
        "note: base is left out: its weights lack classifier.weight, classifier.bias\n"))
    let heading = run.output.split(separator: "\n").first?.split(separator: " ")
    #expect(heading == ["measure", "last"])
  }

  @Test("An adapter in the model's own folder is measured beside the base")
  func foundAdapter() throws {
    let folder = try TemporaryFolder()
    try folder.copy(Self.bert, to: "both")
    for name in ["adapter_config.json", "adapter_model.safetensors"] {
      try folder.copy(Self.path("lora/\(name)"), to: "both/\(name)")
    }
    func run(_ more: String...) throws -> PeftProcess {
      try PeftProcess(
        arguments: ["evaluate", folder.path("both"), "--data", Self.rows, "--format", "csv"] + more)
    }
    let found = try run()
    #expect(found.errors.contains("note: an adapter lies in the model's own folder"))
    #expect(
      found.output.split { $0.isNewline }.dropFirst().map { $0.prefix { $0 != "," } } == [
        "base", "both",
      ])
    #expect(try run("--no-adapter").output.split { $0.isNewline }.count == 2)
  }

  @Test(
    "Mistakes are one message",
    arguments: [
      (["--data", "nowhere.jsonl"], 1, "nowhere.jsonl: error: there is no such file"),
      ([], 64, "Missing expected argument '--data <file> ...'"),
      (["--data", rows, "--no-base"], 64, "--no-base needs an --adapter."),
      (["--data", rows, "--batch-size", "0"], 64, "--batch-size takes a number from 1 on."),
      (
        ["--data", rows, "--sequence-length", "0"], 64,
        "--sequence-length takes a number from 1 on."
      ),
      (["--data", rows, "--sequence-length", "99"], 1, "error: sequence_length is 99"),
      (["--data", rows, "--problem-type", "classes"], 64, "'classes' is no problem type; choose"),
      (["--data", rows, "--lenient"], 64, "--torch-bases and --lenient need an --adapter."),
      (
        ["--data", rows, "--target", "{text}"], 1,
        "error: 'target' means nothing to a classification"
      ),
      (["--data", rows, "--label", "note"], 1, "rows.csv:2: error: the label 'note' is "),
      (["--data", rows, "--adapter", "nowhere"], 1, "nowhere: error: there is no such file"),
      (
        ["--data", rows, "--adapter", "a", "--no-adapter"], 64,
        "Give either --adapter or --no-adapter."
      ),
    ] as [([String], Int32, String)])
  func mistakes(arguments: [String], status: Int32, message: String) throws {
    let run = try PeftProcess(arguments: ["evaluate", Self.bert] + arguments)
    #expect(run.status == status, "\(run.errors)")
    #expect(run.errors.contains(message), "\(run.errors)")
    #expect(run.output.isEmpty)
  }

  @Test("A bad row late in a file is found before anything is measured")
  func lateRow() throws {
    let folder = try TemporaryFolder()
    let rows = (0..<40).map { _ in "{\"text\": \"a\", \"label\": \"change\"}\n" }.joined()
    let path = try folder.file("rows.jsonl", rows + "{\"text\": \"a\", \"label\": \"chance\"}\n")
    let run = try PeftProcess("evaluate", Self.bert, "--data", path)
    #expect(run.status == 1 && run.output.isEmpty)
    #expect(
      run.errors == """
        \(path):41: error: the label 'label' is 'chance', and the model's are 'licence', 'change', 'header' \
        and 'doc, string'
          fix: did you mean 'change'?

        """)
  }
}
