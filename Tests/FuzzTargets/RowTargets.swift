import Foundation
import ModelDescription
import ModelGraph
import Peft
import PeftTraining

extension FuzzTarget {
  /// Files of data in every format, for every objective.
  static let rows: [FuzzTarget] = [
    rows(
      "jsonl", longest: 600,
      seeds: {
        Seeds.texts(
          #"{"text":"hello","label":1}"# + "\n" + #"{"text":"w\u00e9","label":2}"# + "\n\n"
            + #"{"text":"a b","label":[0.5,1]}"# + "\n",
          #"{"text":"hello","label":[0,1,1]}"# + "\r\n" + #"{"text":"x","label":"1, 0"}"# + "\n",
          #"{"text":["a","b"],"label":{"x":1}}"# + "\n" + #"{"text":1e5,"label":null}"#)
      }),
    rows(
      "json", longest: 400,
      seeds: {
        Seeds.texts(
          #"[{"text": "hello", "label": 1}, {"text": "]\"}", "label": [0.5, 1]}]"#,
          "[\n{\"text\": \"a\"},\n2]", "{\"text\": \"a\"}\n{\"text\": \"b\"}", "[{\"text\": \"a\\")
      }),
    rows("csv", longest: 400, seeds: { table(",") }),
    rows("tsv", longest: 400, seeds: { table("\t") }),
    rows("txt", longest: 200, seeds: { Seeds.texts("hello\n\nworld\r\nfoo") }),
    rows("jsonl.gz", longest: 400, seeds: { compressed }),
    rows(
      "bin", longest: 200,
      seeds: { [Data((0..<60).flatMap { [UInt8($0), 0] }), Data((0..<7).map { UInt8($0) })] }),
    rows("npy", longest: 600, seeds: { try Seeds.arrays() }),
    rows(
      "safetensors", longest: 4_000,
      seeds: { try Seeds.files("Tests/Fixtures/training/batches", ".safetensors") }),
  ]

  /// How a row becomes a text.
  static let template = FuzzTarget(
    "template", longest: 100, seeds: { Seeds.texts("{text} {label}", "a {{b}} {text}", "}{", "{") },
    { bytes in
      let path = try scratch.write("t.jsonl", Data(#"{"text": "hello", "label": 1}"#.utf8))
      let settings = DataSettings(train: [path], prompt: bytes.text, target: "{text}")
      try read(settings, path, objectives.get()[0])
    })

  private static func table(_ separator: String) -> [Data] {
    [
      "text,label\nhello,1\n\"a \"\"q\"\" b\",2\n\"multi\nline\",0\n", "label,text\r\n1,x\r\n",
      "text,label\n\"0.5,1\",\n", "\u{FEFF}text,label\na,1\n",
    ].map { Data($0.replacing(",", with: separator).utf8) }
  }

  /// `{"text": "ab"}` and an empty file as gzip writes them, and two members in a row.
  private static let compressed: [Data] = {
    let row = Data(base64Encoded: "H4sIAAAAAAACA6tWKkmtKFGyUlBKTFKq5QIA8T2tGw8AAAA=") ?? Data()
    let none = Data(base64Encoded: "H4sIAAAAAAACAwMAAAAAAAAAAAA=") ?? Data()
    return [row, none, row + none]
  }()

  private static let scratch = Scratch.shared

  private static let objectives = Result {
    try [
      ("gpt2", ""), ("t5-small", ""),
      ("bert-base-classifier", "single_label_classification"),
      ("bert-base-classifier", "regression"),
      ("bert-base-classifier", "multi_label_classification"),
    ].map { name, problem in
      try TrainingObjective(
        of: ModelDescription(name, setting: [("layers", "1")]).graph(),
        problemType: .init(rawValue: problem))
    }
  }

  private static func rows(
    _ ending: String, longest: Int, seeds: @escaping @Sendable () throws -> [Data]
  ) -> FuzzTarget {
    FuzzTarget("rows-\(ending.replacing(".", with: "-"))", longest: longest, seeds: seeds) {
      bytes in
      let path = try scratch.write("x.\(ending)", bytes)
      for objective in try objectives.get() {
        try read(DataSettings(train: [path]), path, objective)
        try read(DataSettings(train: [path], target: "{text}"), path, objective)
      }
      try read(DataSettings(train: [path], packed: true), path, objectives.get()[0])
    }
  }

  private static func read(
    _ settings: DataSettings, _ path: String, _ objective: TrainingObjective
  ) throws {
    try attempt {
      var stream = try BatchStream(
        settings, files: [path], objective: objective,
        tokens: TokenSettings(tokenizer: .bytes, vocabularySize: 256, endOfText: 0), batchSize: 2,
        sequenceLength: 8, seed: 1,
        inputs: ["input_ids", "attention_mask", "labels", "pixel_values"])
      for _ in 0..<4 {
        guard let batch = try stream.next() else { break }
        guard batch.tokenCount >= 0 else { throw FuzzFinding("a negative number of tokens") }
      }
    }
  }
}
