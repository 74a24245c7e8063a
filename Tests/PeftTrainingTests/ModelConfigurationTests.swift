import Foundation
import Peft
import PeftBasics
import PeftCheckpoints
import PeftTestSupport
import Testing

@Suite("What a model's configuration says of training") struct ModelConfigurationTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A recorded checkpoint with some fields of its configuration changed.
  private func model(_ name: String, _ fields: [String: Any]) throws -> String {
    if folder.exists(name) { try folder.remove(name) }
    let path = try folder.copy(Fixture.path("checkpoints/\(name)"), to: name)
    let read = try JSONSerialization.jsonObject(with: folder.bytes("\(name)/config.json"))
    let configuration = try #require(read as? [String: Any]).merging(fields) { $1 }
    try folder.file("\(name)/config.json", JSONSerialization.data(withJSONObject: configuration))
    return path
  }

  /// The losses of three steps.
  private func losses(
    of model: String, target: String, on tensors: [String: Tensor],
    problemType: TrainingRecipe.ProblemType? = nil
  ) throws -> [Double] {
    let data = "\(folder.path)/\(UUID().uuidString).safetensors"
    try SafetensorsWriter.write(tensors, to: data)
    var recipe = try TrainingRecipe(
      text: """
        model: \(model)
        tuner: {lora: {r: 2, target_modules: [\(target)]}}
        data: {train: \(data)}
        batch_size: 2
        steps: 3
        output: \(data).run
        """)
    recipe.problemType = problemType
    var losses: [Double] = []
    try Trainer(recipe).run { event in
      if case .step(let record) = event { losses.append(record.loss) }
    }
    return losses
  }

  @Test("A decoder starts from the token, and is filled with the padding, that it names")
  func decoder() throws {
    let shifted = Tensor([11, 9, 8, 13, 11, 6, 5, 4], shape: [2, 4])
    let tensors = [
      "input_ids": Tensor((0..<10).map { 3 + $0 * 7 % 50 }, shape: [2, 5]),
      "labels": Tensor([9, 8, -100, 7, 6, 5, 4, -100], shape: [2, 4]),
    ]
    let named = try losses(
      of: model("t5", ["decoder_start_token_id": 11, "pad_token_id": 13]), target: "q", on: tensors)
    let given = try losses(
      of: model("t5", [:]), target: "q",
      on: tensors.merging(["decoder_input_ids": shifted]) { $1 })
    let usual = try losses(of: model("t5", [:]), target: "q", on: tensors)
    #expect(named == given)
    #expect(named != usual)
  }

  @Test("Labels are what it says, unless the recipe says otherwise")
  func labels() throws {
    let ids = Tensor((0..<20).map { 3 + $0 * 7 % 50 }, shape: [4, 5])
    let several = Tensor((0..<20).map { Float($0 % 2) }, shape: [4, 5])
    let path = try model("bert-classifier", ["problem_type": "multi_label_classification"])
    let tensors = ["input_ids": ids, "labels": several]
    let multiLabel = try losses(of: path, target: "query", on: tensors)
    let regression = try losses(of: path, target: "query", on: tensors, problemType: .regression)
    let plain = try model("bert-classifier", [:])
    #expect(
      try losses(of: plain, target: "query", on: tensors, problemType: .multiLabel) == multiLabel)
    #expect(
      try losses(of: plain, target: "query", on: tensors, problemType: .regression) == regression)
    let problem = message { _ = try losses(of: plain, target: "query", on: tensors) }
    #expect(
      problem?.hasSuffix(
        """
        .safetensors: 'labels' has the shape [4, 5]
          fix: its shape has to be [rows]
        """) == true)
  }
}
