import Foundation
import PeftTestSupport
import Testing

@Suite("peft predict") struct PredictCommandTests {
  private static func path(_ name: String) -> String { EvaluateCommandTests.path(name) }
  private static let model = [path("bert"), "--adapter", path("lora")]
  private static let rows = path("rows.csv")

  private static func run(
    _ arguments: String..., lines: String? = nil
  ) throws -> PeftProcess {
    let folder = try TemporaryFolder()
    let input = try lines.map { try folder.file("lines.txt", $0) }
    return try PeftProcess(
      arguments: ["predict"] + model + arguments,
      standardInput: input.flatMap { FileHandle(forReadingAtPath: $0) })
  }

  @Test("Texts give a table of classes and probabilities")
  func texts() throws {
    let run = try Self.run("fixed a crash", "permission is granted", "--top", "2")
    #expect(run.status == 0, "\(run.errors)")
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[0].split(separator: " ") == ["text", "prediction", "probability", "top"])
    #expect(lines[1].hasPrefix("fixed a crash          change"))
    #expect(lines[2].hasPrefix("permission is granted  licence"))
  }

  @Test(
    "A decoder's answer does not depend on the longer texts beside a text, whatever the tokenizer's padding is",
    arguments: ["qwen2-classifier", "llama-classifier", "opt-projected-classifier"])
  func padded(model: String) throws {
    func probabilities(_ batchSize: String) throws -> [Double] {
      let run = try PeftProcess(
        "predict", Fixture.path("checkpoints/\(model)"), "1 2", "0", "12 345 678", "--tokenizer",
        "bytes", "--batch-size", batchSize, "--format", "json")
      let rows = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
      return try #require(rows as? [[String: Any]]).compactMap { $0["probability"] as? Double }
    }
    let (alone, together) = (try probabilities("1"), try probabilities("3"))
    #expect(alone.count == 3 && together.count == 3)
    for (one, other) in zip(alone, together) { #expect(abs(one - other) < 1e-5) }
  }

  @Test("CSV keeps its columns and its quotes, and gets new columns")
  func csv() throws {
    let run = try Self.run("--file", Self.rows, "--probabilities")
    #expect(run.status == 0, "\(run.errors)")
    let input = try Fixture.bytes("evaluation/rows.csv")
    let before = String(decoding: input, as: UTF8.self).components(separatedBy: "\r\n")
    let after = run.output.components(separatedBy: "\r\n")
    #expect(before.count == after.count)
    #expect(
      after[0]
        == "id,text,label,note,prediction,probability,p_licence,p_change,p_header,\"p_doc, string\""
    )
    for (old, new) in zip(before.dropFirst(), after.dropFirst()) { #expect(new.hasPrefix(old)) }
    #expect(after[1].contains("\"he said \"\"no\"\",\nand left\",header,0.6"))
  }

  @Test("JSON lines keep their fields and digits, and get new fields")
  func jsonLines() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file(
      "rows.jsonl",
      "{\"n\": 1.50, \"text\": \"fixed a crash\", \"more\": {\"a\": [1, null]}}\n{\"text\": \"granted\"}\n"
    )
    let run = try Self.run("--file", path)
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(
      lines[0].hasPrefix(
        #"{"n":1.50,"text":"fixed a crash","more":{"a":[1,null]},"prediction":"change","probability":0."#
      ))
    let list = try Self.run("--file", path, "--format", "json", "--probabilities")
    let rows = try #require(try list.json as? [[String: Any]])
    #expect(rows.map { ($0["probabilities"] as? [String: Double])?.count } == [4, 4])
    #expect(rows[1]["n"] == nil && rows[1]["text"] as? String == "granted")
  }

  @Test("Standard input has a text a line, and the output can be a file")
  func standardInput() throws {
    let folder = try TemporaryFolder()
    let lines = (0..<300).map { "fixed \($0)\n" }.joined()
    let run = try Self.run("--output", folder.path("out.jsonl"), lines: lines)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.isEmpty)
    #expect(run.errors == "wrote \(folder.path("out.jsonl")): 300 rows\n")
    let rows = try folder.text("out.jsonl").split(separator: "\n")
    #expect(rows.count == 300 && rows[299].hasPrefix("{\"text\":\"fixed 299\",\"prediction\":"))
  }

  @Test("A file that is read is not replaced, and one that fails is not written")
  func outputs() throws {
    let folder = try TemporaryFolder()
    let path = try folder.copy(Self.rows, to: "rows.csv")
    let own = try Self.run("--file", path, "--output", path)
    #expect(own.status == 1 && own.errors.contains("rows.csv: error: "))
    let bad = try folder.file("bad.csv", "text,x\na,b\nc\n")
    let failed = try Self.run("--file", bad, "--output", folder.path("out.csv"))
    #expect(failed.status == 1)
    #expect(failed.errors.contains("bad.csv:3: error: the row has 1 field, the header 2"))
    #expect(!folder.exists("out.csv"))
  }

  @Test("Texts that cannot be kept on the disk are said to be so", arguments: [true, false])
  func noScratch(areLines: Bool) throws {
    let folder = try TemporaryFolder()
    let input = try folder.file("lines.txt", "a\n")
    let run = try PeftProcess(
      arguments: ["predict"] + Self.model + (areLines ? [] : ["a"]),
      environment: ["TMPDIR": folder.path("none")],
      standardInput: FileHandle(forReadingAtPath: input))
    #expect(run.status == 1)
    let kept = "cannot be kept in \(folder.path("none")): No such file or directory"
    #expect(
      run.errors == """
        \(areLines ? "error: standard input" : "TEXT: error: the texts") \(kept)
          fix: set TMPDIR to a folder that can be written to

        """)
  }

  @Test(
    "Mistakes are one message",
    arguments: [
      (["a", "--file", rows], 64, "Give either texts or --file."),
      (["a", "--top", "0"], 64, "--top takes a number from 1 on."),
      (["a", "--threshold", "1.5"], 64, "--threshold takes a number from 0 to 1."),
      (["a", "--format", "jsn"], 64, "'jsn' is not a format; did you mean 'json'?"),
      (["--file", "nowhere.csv"], 1, "nowhere.csv: error: there is no such file"),
      (["--file", rows, "--text", "{body}"], 1, "rows.csv:2: error: the row has no field 'body'"),
      ([], 1, "standard input: error: the file is empty"),
    ] as [([String], Int32, String)])
  func mistakes(arguments: [String], status: Int32, message: String) throws {
    let run = try PeftProcess(arguments: ["predict"] + Self.model + arguments)
    #expect(run.status == status, "\(run.errors)")
    #expect(run.errors.contains(message), "\(run.errors)")
    #expect(run.output.isEmpty)
  }
}
