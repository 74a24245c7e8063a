import Foundation
import Peft
import PeftTestSupport
import Testing

/// A format from outside: a text and its answer a line, with a bar between them.
private struct PairsFormat: TextFormat {
  let ending = ".pairs"
  let summary = "A text and its answer a line, with a bar between them."

  func record(
    at offset: Int, of bytes: UnsafeRawBufferPointer, columns: [String]
  ) throws(DataError.Reason) -> DataRecord {
    let parts = String(decoding: line(at: offset, of: bytes), as: UTF8.self).split(separator: "|")
    guard parts.count == 2 else {
      throw .badRow(problem: "the line has no bar", fix: "write text|answer")
    }
    return DataRecord([
      ("question", .text(String(parts[0]))), ("answer", .text(String(parts[1]))),
    ])
  }
}

@Suite("A format of data from outside") struct OutsideFormatTests {
  private let folder: TemporaryFolder
  private let catalog: TrainingCatalog

  init() throws {
    folder = try TemporaryFolder()
    var catalog = TrainingCatalog.standard
    try catalog.formats.register(PairsFormat())
    self.catalog = catalog
  }

  private func recipe(_ data: String, output: String) throws -> TrainingRecipe {
    try TrainingRecipe(
      text: """
        model: \(Fixture.path("checkpoints/gpt2"))
        tuner: {lora: {r: 2, target_modules: [c_attn]}}
        data:
          train: \(folder.path)/\(data)
          tokenizer: bytes
          prompt: "{question}"
          text: "{answer}"
        batch_size: 2
        sequence_length: 8
        steps: 3
        output: \(folder.path)/\(output)
        """, catalog: catalog)
  }

  @Test("It is trained on, compressed too, as the same rows in another format are")
  func training() throws {
    let rows = (0..<8).map { ("\($0)1", "2\($0)3") }
    let pairs = Data(rows.map { "\($0)|\($1)\n\n" }.joined().utf8)
    try folder.file("a.pairs", pairs)
    try folder.file("a.pairs.gz", pairs.gzipped)
    try folder.file(
      "a.jsonl",
      rows.map { "{\"question\": \"\($0)\", \"answer\": \"\($1)\"}\n" }.joined())
    let tensors = try ["a.jsonl", "a.pairs", "a.pairs.gz"].map { name in
      let trainer = try Trainer(recipe(name, output: "of-\(name)"), catalog: catalog)
      try trainer.run()
      return trainer.weights.tensors.mapValues { $0.floats() }
    }
    #expect(tensors[0].values.contains { $0.contains { $0 != 0 } })
    #expect(tensors[1] == tensors[0] && tensors[2] == tensors[0])
  }

  @Test("Its rows' mistakes have their line; without it, its files are of no format")
  func mistakes() throws {
    try folder.file("b.pairs", "1|2\n3\n")
    let recipe = try recipe("b.pairs", output: "run")
    #expect(
      folder.message { _ = try Trainer(recipe, catalog: catalog) } == """
        b.pairs:2: the line has no bar
          fix: write text|answer
        """)
    let unknown = try #require(folder.message { _ = try Trainer(recipe) })
    #expect(unknown.hasPrefix("b.pairs: the file's name does not say what is in it"))
    #expect(unknown.contains(".tsv") && !unknown.contains(", .pairs"))
  }

  @Test("It is listed with the others, and an ending has one format")
  func lists() {
    let help = RecipeHelp.fields(catalog).text(isStyled: false).split(separator: "\n")
    #expect(help.contains { $0.contains(" A text and its answer a line") })
    let compressed = help.first { $0.contains("Compressed by gzip") }
    let endings = (DataFormats.standard.rowEndings + [".pairs"]).joined(separator: ", ")
    #expect(compressed?.hasSuffix("Compressed by gzip, after one of \(endings).") == true)
    var formats = catalog.formats
    #expect(
      message { try formats.register(PairsFormat()) }
        == """
        files that end in '.pairs' have a format already
          fix: give the new one another ending
        """)
  }
}
