import Foundation
import Peft
import Testing

@Suite("Tokens and tensors that cannot be used") struct NumberDataErrorTests {
  private func problem(
    _ tensors: [String: Tensor], task: TrainingObjective = .nextToken()
  ) throws -> String? {
    try DataFile(tensors: tensors).message {
      try $0.stream(task: task, tokens: TokenSettings(vocabularySize: 10))
    }
  }

  private let ids = Tensor([1, 2, 3, 4, 5, 6], shape: [3, 2])

  @Test("Tokens beyond the vocabulary are named by their place")
  func tokens() throws {
    #expect(
      try problem(["input_ids": Tensor([1, 2, 3, 10], shape: [2, 2])]) == """
        batch.safetensors: input_ids[1, 1] is 10, and the model knows tokens from 0 to 9
          fix: use the tokenizer that belongs to the model
        """)
    #expect(
      try problem(["input_ids": ids, "labels": Tensor([1, 2, 3, -1, 5, 6], shape: [3, 2])]) == """
        batch.safetensors: labels[1, 1] is -1
          fix: labels are tokens from 0 to 9, or -100 where nothing is learnt
        """)
    #expect(
      try DataFile(tokens: [1, 2, 3, 50]).message {
        try $0.stream(tokens: TokenSettings(vocabularySize: 10), length: 2)
      } == """
        tokens.bin: token 3, counted from 0, is 50, and the model knows tokens from 0 to 9
          fix: use the tokenizer that belongs to the model
        """)
    #expect(
      try DataFile(array: [1, -2], shape: "(2,)").message {
        try $0.stream(tokens: TokenSettings(vocabularySize: 10), length: 2)
      }?.contains("token 1, counted from 0, is -2") == true)
  }

  @Test("Tensors that are missing, of other shapes, types or numbers of rows")
  func tensors() throws {
    #expect(
      try problem(["x": ids])?.contains(
        "neither 'input_ids' nor 'pixel_values', but 'x'") == true)
    #expect(
      try problem(["input_ids": ids, "labels": Tensor([1, 2], shape: [2])])?.contains(
        "'labels' has 2 rows, 'input_ids' 3") == true)
    #expect(
      try problem(["input_ids": ids], task: .classes(count: 2))?.contains(
        "there is no 'labels', which a classification needs") == true)
    #expect(
      try problem(["input_ids": ids, "labels": Tensor([0, 1, 2], shape: [3])])?.contains(
        "its shape has to be [3, 2]") == true)
    #expect(
      try problem(["input_ids": Tensor([0.5], shape: [1, 1])])?.contains("are F32") == true)
    #expect(
      try problem(["input_ids": Tensor([1], shape: [1])])?.contains("[rows, tokens]") == true)
    #expect(try problem(["input_ids": Tensor([1], shape: [])])?.contains("[rows, …]") == true)
    #expect(
      try problem(["input_ids": Tensor([] as [Int], shape: [0, 2])])?.contains("no rows") == true)
    #expect(
      try problem(["input_ids": Tensor([] as [Int], shape: [2, 0])])?.contains("no tokens") == true)
    #expect(
      try problem(
        ["input_ids": ids, "labels": Tensor([0, 1, 2], shape: [3])], task: .classes(count: 2))?
        .contains("labels[2] is 2") == true)
    #expect(
      try problem(
        ["input_ids": ids, "labels": Tensor([0, .nan, 2], shape: [3])],
        task: .regression(count: 1))?.contains("labels[1] is nan") == true)
    #expect(
      try problem(["pixel_values": Tensor([0.5], shape: [1, 1])], task: .contrastive)?.contains(
        "there is no 'input_ids'") == true)
  }

  @Test("Streams that are empty, too short, or end inside a token")
  func streams() throws {
    let settings = TokenSettings()
    #expect(
      try DataFile("a.bin", Data()).message { try $0.stream(tokens: settings) }?.contains(
        "the file is empty") == true)
    #expect(
      try DataFile("a.bin", Data([1, 2, 3])).message { try $0.stream(tokens: settings) }?.contains(
        "3 bytes are no whole number of tokens of 2 bytes") == true)
    #expect(
      try DataFile(tokens: [1, 2, 3]).message { try $0.stream(tokens: settings) }?.contains(
        "the file has 3 tokens, and one sequence takes 8") == true)
    #expect(
      try DataFile(array: [1], shape: "()").message { try $0.stream(tokens: settings) }?.contains(
        "[tokens] or [rows, tokens]") == true)
    #expect(
      try DataFile(array: [], shape: "(0, 3)").message { try $0.stream(tokens: settings) }?
        .contains("no rows") == true)
    #expect(
      try DataFile("a.npy", Data("no".utf8)).message { try $0.stream(tokens: settings) }?
        .contains("NUMPY") == true)
  }
}
