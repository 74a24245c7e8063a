import Foundation
import Peft
import PeftTestSupport
import Testing

@Suite("The check of a merged checkpoint") struct MergeCheckTests {
  private struct Stop: Error {}

  @Test("A checkpoint whose check fails takes no place, also not in the place of another")
  func refused() throws {
    let place = try TemporaryFolder()
    let rewriter = CheckpointRewriter(
      try Checkpoint(path: Fixture.path("checkpoints/gpt2/model.safetensors")))
    #expect(throws: Stop.self) {
      try rewriter.write(to: place.path("new")) { folder in
        #expect(FileManager.default.fileExists(atPath: "\(folder)/config.json"))
        throw Stop()
      }
    }
    #expect(try place.names() == [])
    try rewriter.write(to: place.path("new"))
    let before = try place.bytes("new/config.json")
    var changed = rewriter
    changed.setFile("config.json", Array("{}".utf8))
    #expect(throws: Stop.self) { try changed.write(to: place.path("new")) { _ in throw Stop() } }
    #expect(try place.bytes("new/config.json") == before)
    #expect(try place.names() == ["new"])
  }

  @Test("What is inf or NaN in both is told from a difference")
  func notFinite() {
    func difference(_ found: [Float], _ expected: [Float]) -> OutputDifference {
      OutputDifference(
        ["y": Tensor(found, shape: [found.count])],
        ["y": Tensor(expected, shape: [expected.count])])
    }
    let same = difference([.nan, .infinity, 1.5], [.nan, .infinity, 1])
    #expect((same.notFinite, same.count, same.largest) == (2, 1, 0.5))
    #expect(!same.overflows)
    let over = difference([.infinity, 1], [3, 1])
    #expect(over.overflows && over.largest == .infinity)
    let under = difference([3, 1], [.infinity, 1])
    #expect(!under.overflows && under.largest == .infinity && under.notFinite == 0)
    #expect(difference([.infinity], [-.infinity]).notFinite == 0)
  }

  @Test(
    "Random inputs are no longer than the table of positions",
    arguments: [
      ("gpt2", "positions", 5), ("opt-125m", "positions", 3), ("bert-base", "positions", 7),
    ])
  func positions(model: String, dimension: String, count: Int) throws {
    let graph = try ModelDescription(model, setting: [(dimension, "\(count)"), ("layers", "1")])
      .graph()
    #expect(try graph.probeInputs()["input_ids"]?.shape == [2, count])
    #expect(try graph.probeInputs(length: 2)["input_ids"]?.shape == [2, 2])
    let long = try ModelDescription(model, setting: [("layers", "1")]).graph()
    #expect(try long.probeInputs()["input_ids"]?.shape == [2, 16])
  }

  @Test("Each way to fail says what to do")
  func words() {
    let difference = OutputDifference(
      ["y": Tensor([2 as Float], shape: [1])], ["y": Tensor([4 as Float], shape: [1])])
    let differs = MergeError.differs("merged", difference)
    #expect(
      differs.problem
        == "on random inputs the merged checkpoint would differ from the adapted model by 2.00, where the "
        + "largest output is 4.00")
    let instead = "nothing was written: use the adapter without merging it, and report this"
    #expect(differs.fix == instead)
    let broken = MergeError.doesNotRead("merged", AnyDiagnosis(problem: "no head"))
    #expect(broken.problem == "the merged checkpoint would not read as a model: no head")
    #expect(broken.fix == instead)
    #expect(
      MergeError.overflows("merged").problem
        == "on random inputs the merged checkpoint would give inf or NaN where the adapted model gives "
        + "numbers")
    #expect(
      MergeError.cannotSet(["kind"]).problem == "no config.json can say what --set says about kind")
  }

  @Test("Targets that this model has fused, or calls otherwise, are named with what is there")
  func strangers() throws {
    for (target, isTarget) in [("q_proj", true), ("k_proj", false)] {
      let adapter = try ChangedAdapter(
        "gpt2-lora",
        settings: { fields in
          if isTarget {
            fields["target_modules"] = (fields["target_modules"] as? [String] ?? []) + [target]
          }
        },
        change: { tensors in
          for layer in 0...1 {
            tensors["base_model.model.transformer.h.\(layer).attn.\(target).lora_A.weight"] =
              Tensor([1 as Float, 2], shape: [1, 2])
          }
        })
      let words =
        isTarget
        ? "no module of this model matches q_proj in target_modules"
        : "this model has no modules k_proj"
      #expect(
        try adapter.error().contains(
          "fix: \(words): transformer.h.0.attn has c_attn, c_proj; give the model that the adapter was "
            + "trained on"))
    }
  }
}
