import Peft
import PeftBasics
import PeftTestSupport
import Testing

/// Runs that meet a row that the model cannot compute: a token of a type that it does not have, which
/// shows only when it is looked up.
@Suite("Runs that fail on their way") struct FailingRunTests {
  private let folder: TemporaryFolder

  init() throws { folder = try .withTokens() }

  /// Ten rows, one of which has a type of token that is not there.
  private func data(_ name: String, badRow: Int? = nil) throws -> String {
    let types = (0..<40).map { badRow == $0 / 4 ? 7 : 0 }
    try SafetensorsWriter.write(
      [
        "input_ids": Tensor((0..<40).map { 3 + $0 * 7 % 50 }, shape: [10, 4]),
        "token_type_ids": Tensor(types, shape: [10, 4]),
        "labels": Tensor((0..<10).map { $0 % 5 }, shape: [10]),
      ], to: folder.path(name))
    return folder.path(name)
  }

  private func recipe(train: String, eval: String? = nil, output: String) throws -> String {
    try folder.recipe(
      "\(output).yaml",
      [
        "model": Fixture.path("checkpoints/bert-classifier"),
        "tuner": "{lora: {r: 2, target_modules: [query]}}",
        "data": "{train: \(train)\(eval.map { ", eval: \($0)" } ?? "")}",
        "batch_size": "1", "accumulate": "2", "eval_every": eval == nil ? "" : "2",
        "sequence_length": "", "output": folder.path(output),
      ])
  }

  private func losses(of run: String) throws -> [String] {
    try folder.losses(of: run).filter { !$0.contains("eval_loss") }
  }

  /// Trains until the bad row of a file is met, mends it, goes on, and compares with a run that was
  /// never stopped.
  private func failAndGoOn(_ recipe: String, mending name: String) throws {
    let failed = try PeftProcess("train", recipe)
    #expect(failed.status == 1)
    #expect(failed.errors.contains("token_type_embeddings"), "\(failed.errors)")
    _ = try data(name)
    let resumed = try PeftProcess("train", "--resume", folder.path("run"))
    #expect(resumed.status == 0, "\(resumed.errors)")
    let whole = try self.recipe(train: data("whole.safetensors"), output: "whole")
    #expect(try PeftProcess("train", whole).status == 0)
    #expect(try losses(of: "run") == losses(of: "whole"))
    #expect(
      try folder.bytes("run/last/adapter_model.safetensors")
        == folder.bytes("whole/last/adapter_model.safetensors"))
  }

  @Test(
    "A step that fails has taken no rows: once they are mended, the run goes on with the same bits",
    arguments: [6, 7])
  func step(badRow: Int) throws {
    let path = try recipe(train: data("train.safetensors", badRow: badRow), output: "run")
    try failAndGoOn(path, mending: "train.safetensors")
  }

  @Test("An evaluation that fails loses nothing that was learnt")
  func evaluation() throws {
    let (train, eval) = (
      try data("train.safetensors"), try data("eval.safetensors", badRow: 9)
    )
    let path = try recipe(train: train, eval: eval, output: "run")
    try failAndGoOn(path, mending: "eval.safetensors")
  }
}
