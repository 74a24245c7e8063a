import Foundation
import Peft
import PeftTestSupport
import Testing

@Suite("What a model is trained for") struct ObjectiveTests {
  private func graph(_ checkpoint: String) throws -> Graph {
    try ModelDescription(Fixture.path("checkpoints/\(checkpoint)")).graph()
  }

  @Test(
    "Follows from its outputs",
    arguments: [
      ("gpt2", "a causal language model"), ("bert-masked-lm", "a masked language model"),
      ("t5", "a sequence-to-sequence model"), ("bert-classifier", "a classification"),
      ("vit-classifier", "a classification"), ("clip", "a contrastive loss"),
    ])
  func outputs(checkpoint: String, name: String) throws {
    let objective = try TrainingObjective(of: graph(checkpoint))
    #expect(objective.name == name)
    #expect(
      objective.measuredOutput == (checkpoint == "clip" ? "logits_per_text" : "logits"))
  }

  @Test(
    "A classifier's is what a recipe says, or else its configuration",
    arguments: [
      (.multiLabel, "regression", "a multi-label classification"),
      (nil, "regression", "a regression"), (.singleLabel, nil, "a classification"),
      (nil, "something_else", "a classification"),
    ] as [(TrainingRecipe.ProblemType?, String?, String)])
  func problemTypes(given: TrainingRecipe.ProblemType?, usual: String?, name: String) throws {
    let graph = try graph("bert-classifier")
    let objective = try TrainingObjective(of: graph, problemType: given, usualType: usual)
    #expect(objective.name == name)
  }

  @Test("A single output is a number where nothing says what it is")
  func singleOutput() throws {
    let graph = try ModelDescription("bert-base-classifier", setting: [("labels", "1")])
      .graph()
    #expect(try TrainingObjective(of: graph).name == "a regression")
    #expect(
      try TrainingObjective(of: graph, problemType: .singleLabel).name == "a classification")
  }

  @Test("What labels are is not for a model of tokens to say")
  func noClassifier() throws {
    for checkpoint in ["gpt2", "bert-masked-lm", "t5"] {
      #expect(throws: TrainingSetupError.noClassifier) {
        try TrainingObjective(of: graph(checkpoint), problemType: .regression)
      }
      // A configuration may have the field all the same.
      #expect(throws: Never.self) {
        try TrainingObjective(of: graph(checkpoint), usualType: "regression")
      }
    }
  }

  @Test("The types of problems have the names of transformers, and no others")
  func names() {
    #expect(
      TrainingRecipe.ProblemType.expectation
        == "single_label_classification, multi_label_classification, regression")
    #expect(TrainingRecipe.ProblemType(rawValue: "regression") == .regression)
    #expect(TrainingRecipe.ProblemType(rawValue: "multi_label_classification") == .multiLabel)
    #expect(TrainingRecipe.ProblemType(rawValue: "classification") == nil)
  }

  @Test("A masked language model learns the target's tokens at their places")
  func everyToken() throws {
    let file = try DataFile("a.jsonl", #"{"text": "a_c", "whole": "abc"}"#)
    var stream = try file.stream(target: "{whole}", task: .everyToken(), length: 5)
    let known = stream.batchShapes
    let batch = try #require(try stream.next())
    #expect(batch.texts == ["a_c"])
    #expect(batch.integers("labels") == [97, 98, 99, 0, -100])
    #expect(batch.countedEntries == 4)
    #expect(batch.inputs.mapValues(\.shape) == known)
    #expect(known["decoder_input_ids"] == nil)
    #expect(
      file.message { try $0.stream(task: .everyToken()) } == """
        a.jsonl:1: a masked language model needs to know what to answer
          fix: set 'target' to a template, such as {summary}
        """)
  }

  @Test("A decoder that answers images reads its labels, too")
  func imagesAnswered() throws {
    let file = try DataFile(tensors: [
      "pixel_values": Tensor([1, 2] as [Float], shape: [1, 2]),
      "labels": Tensor([7, 8, -100], shape: [1, 3]),
    ])
    var stream = try file.stream(
      task: .decoderAnswer(), tokens: TokenSettings(padding: 3, decoderStart: 4))
    let known = stream.batchShapes
    let batch = try #require(try stream.next())
    #expect(batch.integers("decoder_input_ids") == [4, 7, 8])
    #expect(batch.inputs.mapValues(\.shape) == known)
  }

  @Test(
    "A setting that it has no use for is refused by name",
    arguments: [
      (.nextToken(), ["target", "label"]), (.decoderAnswer(), ["prompt", "packed", "label"]),
      (.classes(count: 2), ["prompt", "packed", "target"]),
    ] as [(TrainingObjective, [String])])
  func settings(objective: TrainingObjective, refused: [String]) throws {
    let file = try DataFile("a.txt", "a")
    for setting in ["prompt", "packed", "target", "label"] {
      let message = file.message {
        try $0.stream(
          prompt: setting == "prompt" ? "p" : nil, target: setting == "target" ? "t" : nil,
          label: setting == "label" ? "l" : nil, packed: setting == "packed", task: objective)
      }
      let isRefused = message?.contains("'\(setting)' means nothing to \(objective.name)") ?? false
      #expect(isRefused == refused.contains(setting), "\(setting): \(message ?? "nothing")")
    }
  }
}
