import Peft
import PeftBasics
import PeftTestSupport
import Testing

/// Rows that are made when they are asked for.
private struct Sums: Dataset {
  var count = 40
  /// Rows that cannot be used.
  var broken: [Int: any Error] = [:]

  func row(_ index: Int) throws -> DataRecord {
    if let error = broken[index] { throw error }
    return DataRecord([
      ("prompt", .text("\(index) + 1 ; ")), ("completion", .text("\(index + 1)")),
      ("kind", .text(index % 4 == 0 ? "fourth" : "other")),
    ])
  }
}

private struct Unreadable: Error, CustomStringConvertible {
  let description = "the connection was lost"
}

@Suite("Datasets from outside") struct DatasetTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func catalog(_ dataset: some Dataset, as name: String = "sums") throws -> TrainingCatalog
  {
    var catalog = TrainingCatalog.standard
    try catalog.formats.register(dataset, as: name)
    return catalog
  }

  private func recipe(
    _ train: String, _ catalog: TrainingCatalog, settings: String = "", output: String = "run",
    more: String = ""
  ) throws -> TrainingRecipe {
    try TrainingRecipe(
      text: """
        model: \(Fixture.path("checkpoints/gpt2"))
        tuner: {lora: {r: 2, target_modules: [c_attn]}}
        data: {train: \(train), tokenizer: bytes\(settings)}
        batch_size: 4
        sequence_length: 16
        steps: 6
        output: \(folder.path(output))
        \(more)
        """, catalog: catalog)
  }

  private func tensors(_ recipe: TrainingRecipe, _ catalog: TrainingCatalog) throws -> [String:
    [Float]]
  {
    let trainer = try Trainer(recipe, catalog: catalog)
    try trainer.run()
    return trainer.weights.tensors.mapValues { $0.floats() }
  }

  private func file(_ dataset: Sums) throws -> String {
    let lines = try (0..<dataset.count).map { index in
      let row = try dataset.row(index)
      return JSONValue.map([
        "prompt": row["prompt"] ?? .null, "completion": row["completion"] ?? .null,
        "kind": row["kind"] ?? .null,
      ]).text(.compact)
    }
    return try folder.file("sums.jsonl", lines.joined(separator: "\n"))
  }

  @Test(
    "They are trained on as the same rows in a file are",
    arguments: ["", ", split: 0.25", ", packed: true"])
  func training(settings: String) throws {
    let sums = Sums()
    let lazy = try catalog(sums)
    var next = 0
    let streamed = try catalog(
      StreamedDataset {
        defer { next += 1 }
        return next < sums.count ? try sums.row(next) : nil
      })
    let array = try catalog((0..<sums.count).map { try sums.row($0) })
    let expected = try tensors(
      recipe(file(sums), .standard, settings: settings, output: "file"), .standard)
    #expect(expected.values.contains { $0.contains { $0 != 0 } })
    for (name, catalog) in [("lazy", lazy), ("streamed", streamed), ("array", array)] {
      let recipe = try recipe("sums", catalog, settings: settings, output: name)
      #expect(try tensors(recipe, catalog) == expected, "\(name)")
    }
  }

  @Test("A run on one is resumed, and one may stand beside a file and for evaluation")
  func resumed() throws {
    let catalog = try catalog(Sums())
    let path = try file(Sums(count: 3))
    let settings = ", eval: sums"
    let whole = try tensors(
      recipe("[sums, \(path)]", catalog, settings: settings, output: "whole"), catalog)
    do {
      let trainer = try Trainer(
        recipe("[sums, \(path)]", catalog, settings: settings, output: "halves"), catalog: catalog)
      var steps = 0
      try trainer.run(until: {
        steps += 1
        return steps == 3
      })
    }
    let resumed = try Trainer(resuming: folder.path("halves"), catalog: catalog)
    #expect(try resumed.run().lastEvaluation?.step == 6)
    #expect(resumed.weights.tensors.mapValues { $0.floats() } == whole)
  }

  @Test("A row that cannot be used is told with its number, and is left out where it is far back")
  func mistakes() throws {
    func message(_ broken: [Int: any Error], count: Int = 40) throws -> String? {
      let catalog = try catalog(Sums(count: count, broken: broken))
      return folder.message { _ = try Trainer(recipe("sums", catalog), catalog: catalog) }
    }
    #expect(
      try message([7: Unreadable()]) == """
        sums: row 7: the connection was lost
          fix: mend the row, or leave it out
        """)
    #expect(
      try message([7: DataError.Reason.badRow(problem: "the sum is wrong", fix: "add again")])
        == """
        sums: row 7: the sum is wrong
          fix: add again
        """)
    #expect(try message([:], count: 0)?.hasPrefix("sums: ") == true)
    #expect(try message([:], count: .max)?.hasPrefix("sums: ") == true)
    #expect(try message([:], count: -1)?.hasPrefix("sums: ") == true)

    let far = try catalog(Sums(count: 65_540, broken: [65_537: Unreadable()]))
    var stream = try BatchStream(
      DataSettings(train: ["sums"]), files: ["sums"], objective: .nextToken(), tokens: .bytes,
      batchSize: 256, sequenceLength: 16, isEvaluation: true, formats: far.formats)
    var rows = 0
    while let batch = try stream.next() { rows += batch.rows.count }
    #expect(rows == 65_539 && stream.unusableRows.count == 1)
    #expect(
      stream.unusableRows.mistakes.first.map { "\($0)" }?.hasPrefix("sums: row 65537: ") == true)
  }

  @Test("A name stands for one, and an unknown name is a file that is not there")
  func names() throws {
    var catalog = try catalog(Sums())
    #expect(
      message { try catalog.formats.register(Sums(), as: "sums") } == """
        a dataset is called 'sums' already
          fix: give the new one another name
        """)
    #expect(
      message { try catalog.formats.register(Sums(), as: "") } == """
        a dataset has an empty name
          fix: give it one
        """)
    let unknown = try recipe("products", catalog)
    #expect(
      folder.message { _ = try Trainer(unknown, catalog: catalog) }?.contains("products") == true)
    #expect(throws: DataError.self) { try StreamedDataset { nil } }
    #expect(throws: Unreadable.self) { try StreamedDataset { throw Unreadable() } }
  }
}
