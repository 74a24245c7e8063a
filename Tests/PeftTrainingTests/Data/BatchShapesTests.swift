import Peft
import Testing

@Suite("Shapes of batches") struct BatchShapesTests {
  private static let ids = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])
  private static let pixels = Tensor([1, 2, 3, 4] as [Float], shape: [2, 2, 1, 1])

  /// Streams of all tasks and kinds of files.
  private static func streams() throws -> [(DataFile, BatchStream)] {
    func stream(
      _ file: DataFile, target: String? = nil, _ task: TrainingObjective = .nextToken()
    ) throws -> (DataFile, BatchStream) {
      let tokens: TokenSettings = file.path.hasSuffix(".jsonl") ? .bytes : TokenSettings()
      return (
        file,
        try file.stream(target: target, task: task, tokens: tokens, batchSize: 3, length: 5)
      )
    }
    let texts = try DataFile(
      "texts.jsonl", #"{"text": "ab", "answer": "c", "label": [1, 0]}"# + "\n")
    let classes = try DataFile("classes.jsonl", #"{"text": "ab", "label": 1}"# + "\n")
    return try [
      stream(texts), stream(texts, target: "{answer}", .decoderAnswer()),
      stream(texts, .multiLabel(count: 2)), stream(texts, .regression(count: 2)),
      stream(classes, .classes(count: 2)),
      stream(DataFile(tokens: Array(0..<20))),
      stream(DataFile(array: Array(0..<12), shape: "(3, 4)")),
      stream(DataFile(array: Array(0..<12), shape: "(12,)")),
      stream(DataFile(tensors: ["input_ids": ids])),
      stream(DataFile(tensors: ["input_ids": ids, "labels": ids])),
      stream(DataFile(tensors: ["input_ids": ids, "labels": ids]), .decoderAnswer()),
      stream(
        DataFile(tensors: ["pixel_values": pixels, "labels": Tensor([0, 1], shape: [2, 1])]),
        .classes(count: 2)),
      stream(
        DataFile(tensors: ["pixel_values": pixels, "labels": Tensor([0, 1, 1, 0], shape: [2, 2])]),
        .multiLabel(count: 2)),
      stream(DataFile(tensors: ["pixel_values": pixels, "input_ids": ids]), .contrastive),
    ]
  }

  @Test("Are known before there is a batch")
  func shapes() throws {
    for (file, stream) in try Self.streams() {
      var stream = stream
      let known = stream.batchShapes
      let batch = try #require(try stream.next())
      #expect(batch.inputs.mapValues(\.shape) == known, "\(file.path), \(stream)")
    }
  }
}
