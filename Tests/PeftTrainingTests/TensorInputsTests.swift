import Peft
import PeftCheckpoints
import PeftTensors
import PeftTestSupport
import Testing

@Suite("Tensors as data of a model with inputs of its own") struct TensorInputsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func stream(_ tensors: [String: Tensor], inputs: [String]) throws -> BatchStream {
    let path = "\(folder.path)/rows.safetensors"
    try SafetensorsWriter.write(tensors, to: path)
    return try BatchStream(
      DataSettings(train: [path]), files: [path], objective: .regression(count: 2),
      tokens: TokenSettings(), batchSize: 2, sequenceLength: 1, inputs: inputs)
  }

  private let labels = Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [3, 2])

  @Test("Rows go to the model under their names")
  func names() throws {
    var stream = try stream(
      ["x": Tensor([10, 20, 30] as [Float], shape: [3, 1]), "labels": labels], inputs: ["x"])
    let batch = try #require(try stream.next())
    #expect(batch.inputs["x"]?.floats() == [10, 20])
    #expect(batch.inputs["labels"]?.floats() == [1, 2, 3, 4])
    #expect(batch.countedEntries == 4)
  }

  @Test("A file without any of the inputs is refused by their names")
  func missing() throws {
    let y = Tensor([1, 2, 3] as [Float], shape: [3, 1])
    #expect(
      message { _ = try stream(["y": y, "labels": labels], inputs: ["x"]) }?
        .hasSuffix(
          """
          rows.safetensors: there is no 'x', but 'labels' and 'y'
            fix: name the tensors as the model's inputs
          """) == true)
    #expect(
      message { _ = try stream(["y": y, "labels": labels], inputs: ["input_ids"]) }?
        .contains("there is neither 'input_ids' nor 'pixel_values'") == true)
  }
}
