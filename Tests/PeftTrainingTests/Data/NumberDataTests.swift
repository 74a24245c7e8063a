import Peft
import Testing

@Suite("Tokens and tensors as batches") struct NumberDataTests {
  @Test("A stream of tokens gives full sequences; measuring has the rest, too")
  func tokenStream() throws {
    for file in [
      try DataFile(tokens: Array(100..<110)), try DataFile(array: Array(100..<110), shape: "(10,)"),
    ] {
      var training = try file.stream(tokens: TokenSettings(), batchSize: 2, length: 4)
      #expect(training.rowCount == 2)
      let batch = try #require(try training.next())
      #expect(batch.rows == [[100, 101, 102, 103], [104, 105, 106, 107]])
      #expect(batch.integers("labels") == batch.integers("input_ids"))
      #expect(batch.countedEntries == 6)
      #expect(training.warnings.count == 1)
      var measuring = try file.stream(
        tokens: TokenSettings(), batchSize: 2, length: 4, isEvaluation: true)
      let batches = try measuring.rest()
      #expect(batches.count == 2)
      #expect(batches.last?.rows == [[108, 109]])
      #expect(batches.last?.integers("labels") == [108, 109, -100, -100])
      #expect(batches.last?.countedEntries == 1)
    }
  }

  @Test("Tokens of four bytes are in files that say so")
  func wideTokens() throws {
    let file = try DataFile("train.u32.bin", .init([1, 0, 1, 0, 255, 255, 255, 255]))
    var stream = try file.stream(tokens: TokenSettings(), length: 2)
    #expect(try stream.next()?.rows == [[65_537, 4_294_967_295]])
  }

  @Test("An array's rows are cut, or as long as they are")
  func rows() throws {
    let file = try DataFile(array: Array(0..<12), shape: "(3, 4)")
    var short = try file.stream(tokens: TokenSettings(), batchSize: 3, length: 3)
    #expect(try short.next()?.rows == [[0, 1, 2], [4, 5, 6], [8, 9, 10]])
    #expect(short.cutRows == 3)
    #expect(short.warnings.count == 1)
    var long = try file.stream(tokens: TokenSettings(), length: 6)
    #expect(try long.next()?.integers("labels") == [0, 1, 2, 3])
  }

  @Test("Tensors go to the model as they are")
  func tensors() throws {
    let file = try DataFile(tensors: [
      "input_ids": Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3]),
      "attention_mask": Tensor([1, 1, 0, 1, 1, 1], shape: [2, 3]),
      "labels": Tensor([-100, 2, -100, 4, 5, 6], shape: [2, 3]),
      "pixel_values": Tensor([0.5, 0.25], shape: [2, 1]),
    ])
    var stream = try file.stream(batchSize: 2, length: 99)
    let batch = try #require(try stream.next())
    #expect(batch.integers("input_ids") == [1, 2, 3, 4, 5, 6])
    #expect(batch.integers("attention_mask") == [1, 1, 0, 1, 1, 1])
    #expect(batch.integers("labels") == [-100, 2, -100, 4, 5, 6])
    #expect(batch.inputs["pixel_values"]?.floats() == [0.5, 0.25])
    #expect(batch.countedEntries == 3)
    #expect(batch.tokenCount == 5)
  }

  @Test("Without labels, a causal model learns the tokens that are no padding")
  func tensorsWithoutLabels() throws {
    let file = try DataFile(tensors: [
      "input_ids": Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3]),
      "attention_mask": Tensor([1, 1, 0, 1, 1, 1], shape: [2, 3]),
    ])
    var stream = try file.stream(batchSize: 2)
    let batch = try #require(try stream.next())
    #expect(batch.integers("labels") == [1, 2, -100, 4, 5, 6])
    #expect(batch.countedEntries == 3)
  }

  @Test("A decoder's inputs are made of its labels where the file has none")
  func decoderInputs() throws {
    let file = try DataFile(tensors: [
      "input_ids": Tensor([1, 2], shape: [1, 2]),
      "labels": Tensor([7, 8, -100, 9], shape: [1, 4]),
    ])
    var stream = try file.stream(
      task: .decoderAnswer(), tokens: TokenSettings(padding: 3, decoderStart: 4))
    let batch = try #require(try stream.next())
    #expect(batch.integers("decoder_input_ids") == [4, 7, 8, 3])
    #expect(batch.countedEntries == 3)
  }

  @Test("Images have classes, or belong to texts")
  func images() throws {
    let pixels = Tensor([1, 2, 3, 4] as [Float], shape: [2, 2, 1, 1])
    let classes = try DataFile(tensors: [
      "pixel_values": pixels, "labels": Tensor([1, 0], shape: [2, 1]),
    ])
    var stream = try classes.stream(task: .classes(count: 2), batchSize: 2)
    let batch = try #require(try stream.next())
    #expect(batch.inputs["labels"]?.shape == [2])
    #expect(batch.inputs["pixel_values"]?.shape == [2, 2, 1, 1])
    #expect(batch.countedEntries == 2)
    let pairs = try DataFile(tensors: [
      "pixel_values": pixels, "input_ids": Tensor([1, 2], shape: [2, 1]),
    ])
    var contrastive = try pairs.stream(task: .contrastive, batchSize: 2)
    #expect(try contrastive.next()?.countedEntries == 2)
  }

  @Test("A regression's labels may be whole, and have one axis")
  func regression() throws {
    let file = try DataFile(tensors: [
      "input_ids": Tensor([1, 2], shape: [2, 1]), "labels": Tensor([3, 4], shape: [2]),
    ])
    var stream = try file.stream(task: .regression(count: 1), batchSize: 2)
    let batch = try #require(try stream.next())
    #expect(batch.inputs["labels"]?.shape == [2, 1])
    #expect(batch.inputs["labels"]?.floats() == [3, 4])
  }
}
