import Foundation
import Peft
import PeftTestSupport
import PeftTraining
import Testing

@Suite("Predictions") struct PredictionTests {
  private static func task(_ model: String = "bert", adapter: String? = nil) throws -> TaskModel {
    try TaskModel(
      TaskModel.Source(EvaluationFixture.path(model)),
      adapters: adapter.map { [try AdapterFolder(EvaluationFixture.path($0))] } ?? [])
  }

  private static func predictions(
    _ task: TaskModel, of input: RowInput = .files([EvaluationFixture.path("rows.csv")]),
    _ settings: PredictionSettings = PredictionSettings()
  ) throws -> [RowPredictor.Row] {
    var rows: [RowPredictor.Row] = []
    try RowPredictor(task, of: input, settings: settings).run { rows.append($0) }
    return rows
  }

  private static func softmax(_ logits: [Double]) -> [Double] {
    let sum = logits.reduce(0) { $0 + exp($1) }
    return logits.map { exp($0) / sum }
  }

  @Test(
    "Classes and probabilities are those of transformers, in the order of the rows",
    arguments: [nil, "lora"], [1, 8])
  func classes(adapter: String?, batchSize: Int) throws {
    let expected = try EvaluationFixture.recorded.get()
    let logits = adapter == nil ? expected.base.logits : expected.lora.logits
    let rows = try Self.predictions(
      Self.task(adapter: adapter), PredictionSettings(batchSize: batchSize, top: 3))
    #expect(rows.map(\.number) == Array(0..<48))
    let names = ["licence", "change", "header", "doc, string"]
    for (row, logits) in zip(rows, logits) {
      let probabilities = Self.softmax(logits)
      let best = zip(probabilities, names).sorted { $0.0 > $1.0 }
      #expect(row.prediction.answers.map(\.name) == [best[0].1])
      #expect(row.prediction.alternatives.first?.map(\.name) == best.prefix(3).map(\.1))
      for (found, expected) in zip(row.prediction.probabilities, probabilities) {
        #expect((found - expected).magnitude < 1e-5)
      }
      #expect(row.prediction.numbers.isEmpty)
    }
  }

  @Test("Labels are those whose probability reaches the threshold")
  func labels() throws {
    let logits = try EvaluationFixture.recorded.get().base.logits
    for threshold in [0, 0.3, 0.5, 1] {
      let rows = try Self.predictions(
        Self.task(), PredictionSettings(problemType: .multiLabel, threshold: threshold))
      for (row, logits) in zip(rows, logits) {
        let count = logits.count { 1 / (1 + exp(-$0)) >= threshold }
        #expect(row.prediction.answers.count == count)
      }
    }
  }

  @Test("Numbers are the model's outputs")
  func numbers() throws {
    let logits = try EvaluationFixture.recorded.get().base.logits
    let rows = try Self.predictions(Self.task(), PredictionSettings(problemType: .regression))
    for (row, logits) in zip(rows, logits) {
      #expect(row.prediction.answers.isEmpty && row.prediction.numbers.count == 4)
      for (found, expected) in zip(row.prediction.numbers, logits) {
        #expect((Double(found) - expected).magnitude < 1e-5 * max(1, expected.magnitude))
      }
    }
  }

  @Test("Each mask gets the words that transformers gives it")
  func masks() throws {
    let expected = try EvaluationFixture.recorded.get().masked
    let data = DataSettings(train: [], tokenizer: EvaluationFixture.path("bert"))
    // Other texts in the batch are longer, and one has no more than a mask.
    let texts = [String(repeating: "of ", count: 12) + "[MASK]", expected.text, "[MASK]"]
    let rows = try Self.predictions(
      Self.task("masked"), of: .texts(texts), PredictionSettings(data, top: 3))
    let found = rows[1].prediction
    #expect(found.alternatives.map { $0.map(\.name) } == expected.tokens)
    for (answers, probabilities) in zip(found.alternatives, expected.probabilities) {
      for (answer, probability) in zip(answers, probabilities) {
        #expect((answer.probability - probability).magnitude < 1e-6)
      }
    }
    #expect(found.answers == found.alternatives.compactMap(\.first))
    #expect(rows.map { $0.prediction.answers.count } == [1, 2, 1])
  }

  @Test("Images are classified from a file of their pixels, one or many")
  func images() throws {
    let folder = try TemporaryFolder()
    let task = try TaskModel(TaskModel.Source(Fixture.path("checkpoints/vit-classifier")))
    let pixels = (0..<450).map { Float(($0 * 37) % 101) / 50 - 1 }
    let images = Tensor(pixels, shape: [2, 1, 15, 15])
    let logits = try #require(try task.model(["pixel_values": images])["logits"]).floats()
    try SafetensorsWriter.write(
      ["pixel_values": images, "labels": Tensor([1, 2], shape: [2])],
      to: folder.path("a.safetensors"))
    let rows = try Self.predictions(task, of: .files([folder.path("a.safetensors")]))
    #expect(rows.count == 2 && rows.allSatisfy { $0.prediction.probabilities.count == 7 })
    for (index, row) in rows.enumerated() {
      let own = logits[index * 7..<(index + 1) * 7]
      let best = own.indices.max { own[$0] < own[$1] }
      #expect(
        row.prediction.answers.map(\.name) == ["LABEL_\(best.map { $0 - own.startIndex } ?? -1)"])
    }
    // One image without an axis for rows, as NumPy saves it.
    var bytes = Data("\u{93}NUMPY".unicodeScalars.map { UInt8($0.value) } + [1, 0, 118, 0])
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 15, 15), }"
    bytes += Data((header + String(repeating: " ", count: 117 - header.count) + "\n").utf8)
    pixels.prefix(225).withUnsafeBytes { bytes.append(contentsOf: $0) }
    let path = try folder.file("one.npy", bytes)
    let one = try Self.predictions(task, of: .files([path]))
    #expect(
      one.map(\.prediction.answers).map { $0.map(\.name) } == [
        rows[0].prediction.answers.map(\.name)
      ])
    #expect(
      folder.message { _ = try Self.predictions(task, of: .texts(["a"])) } == """
        the model reads no texts, but pixel_values
          fix: give a .npy or .safetensors file with them
        """)
  }

  @Test("More rows than are sorted together stay in their order, whatever their lengths")
  func manyRows() throws {
    let folder = try TemporaryFolder()
    let texts = (0..<150).map { String(repeating: "a ", count: 1 + $0 * 7 % 20) + "\($0)" }
    let path = try folder.file("rows.txt", texts.joined(separator: "\n"))
    let rows = try Self.predictions(
      Self.task(), of: .files([path]), PredictionSettings(batchSize: 2))
    #expect(rows.map { $0.record["text"] } == texts.map { .text($0) })
    let alone = try Self.predictions(Self.task(), of: .texts([texts[99]]))
    let distance = zip(alone[0].prediction.probabilities, rows[99].prediction.probabilities)
      .map { ($0 - $1).magnitude }.max()
    #expect((distance ?? 1) < 1e-5)
  }

  @Test(
    "A table waits for all rows, and other formats write one after another",
    arguments: [
      PredictionFormat.table, .json, .jsonl, .csv, .markdown,
    ])
  func formats(format: PredictionFormat) throws {
    let texts = ["fixed, \"a\"", "a\nb"]
    let predictor = try RowPredictor(
      Self.task(), of: .texts(texts), settings: PredictionSettings(top: 2))
    var pieces: [String] = []
    var done: [Int] = []
    try predictor.write(
      as: format, tellsProbabilities: true, watch: { done.append($0) }, to: { pieces.append($0) })
    #expect(done == [1, 2] && predictor.nonFiniteRows == 0)
    let counts: [PredictionFormat: Int] = [.table: 1, .json: 3, .jsonl: 2, .csv: 3, .markdown: 1]
    #expect(pieces.count == counts[format])
    let text = pieces.joined()
    switch format {
    case .csv:
      #expect(text.hasPrefix("text,prediction,probability,top,p_licence,"))
      #expect(text.contains("\r\n\"fixed, \"\"a\"\"\",change,0."))
      #expect(text.contains("\r\n\"a\nb\","))
    case .json: #expect(text.hasPrefix("[\n{\"text\":\"fixed, ") && text.hasSuffix("}}\n]\n"))
    case .jsonl: #expect(text.contains("\"a\\nb\"") && text.hasSuffix("}}\n"))
    case .table: #expect(text.contains("a\\u{a}b") && text.contains(" · "))
    case .markdown: #expect(text.hasPrefix("| text | prediction |"))
    }
  }

  @Test("Weights that are NaN give rows that are counted")
  func nonFinite() throws {
    let folder = try TemporaryFolder()
    try folder.copy(EvaluationFixture.path("bert"), to: "bert")
    let file = try SafetensorsFile(path: EvaluationFixture.path("bert/model.safetensors"))
    var tensors = Dictionary(
      uniqueKeysWithValues: file.names.compactMap { name in file.tensor(name).map { (name, $0) } })
    tensors["classifier.bias"] = Tensor([.nan, 0, 0, 0] as [Float], shape: [4])
    try folder.remove("bert/model.safetensors")
    try SafetensorsWriter.write(tensors, to: folder.path("bert/model.safetensors"))
    let predictor = try RowPredictor(
      TaskModel(TaskModel.Source(folder.path("bert"))), of: .texts(["a", "b"]),
      settings: PredictionSettings())
    var text = ""
    try predictor.write(as: .jsonl) { text += $0 }
    #expect(predictor.nonFiniteRows == 2 && text.contains("\"probability\":null"))
  }

  @Test("What cannot be predicted is said with its line")
  func mistakes() throws {
    let folder = try TemporaryFolder()
    func message(_ name: String, _ text: String, _ model: String = "bert") throws -> String? {
      let path = try folder.file(name, text)
      let data = DataSettings(train: [], tokenizer: EvaluationFixture.path("bert"))
      return folder.message {
        let predictor = try RowPredictor(
          Self.task(model), of: .files([path]), settings: PredictionSettings(data))
        try predictor.write(as: .jsonl) { _ in }
      }
    }
    #expect(
      try message("a.csv", "text,prediction\na,b\n") == """
        a.csv:2: the row has a field 'prediction' already, and one of that name is added
          fix: give the row's another name
        """)
    #expect(
      try message("a.jsonl", "{\"text\": \"a\"}\n{\"text\": \"b\", \"probability\": 1}\n") == """
        a.jsonl:2: the row has a field 'probability' already, and one of that name is added
          fix: give the row's another name
        """)
    #expect(
      try message("b.jsonl", "{\"text\": \"a\"}\n\n{\"texts\": \"b\"}\n") == """
        b.jsonl:3: the row has no field 'text', but 'texts'
          fix: did you mean 'texts'?
        """)
    #expect(
      try message("c.txt", "a [MASK]\nb\n", "masked") == """
        c.txt:2: the row has no mask
          fix: write [MASK] where a word is to be predicted
        """)
    #expect(
      try message("d.bin", "abcd") == """
        d.bin: such a file has no rows to predict
          fix: give a file that ends in .jsonl, .json, .txt, .csv, .tsv, .safetensors or .npy
        """)
    #expect(
      try message("e.md", "a")?.hasPrefix("e.md: the file's name does not say what is in it")
        == true)
    #expect(
      folder.message { _ = try Self.predictions(Self.task("gpt2"), of: .texts(["a"])) } == """
        the model has no tokenizer.json to read texts with
          fix: name one in a recipe's data.tokenizer, or with --tokenizer; 'bytes' needs no file
        """)
    let bytes = DataSettings(train: [], tokenizer: "bytes")
    #expect(
      folder.message {
        _ = try Self.predictions(Self.task("gpt2"), of: .texts(["a"]), PredictionSettings(bytes))
      } == """
        the model is for a causal language model, which predicts neither classes nor numbers nor masked words
          fix: give a classifier, a regression or a masked language model
        """)
    #expect(
      folder.message {
        _ = try Self.predictions(
          Self.task("masked"), of: .texts(["a"]), PredictionSettings(bytes))
      } == """
        TEXT:1: the tokenizer has no mask
          fix: use the tokenizer that belongs to the model
        """)
  }
}
