import Foundation
import PeftTestSupport
import Testing

@Suite("Test data of a run") struct TestDataTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for (name, count) in [("train", 40), ("test", 12)] {
      let rows = (0..<count).map { #"{"text": "\#($0 % 3)\#($0 % 3)", "label": \#($0 % 2)}"# }
      try folder.file("\(name).jsonl", rows.joined(separator: "\n"))
    }
  }

  private func recipe(_ data: String, _ more: String = "", output: String = "run") throws -> String
  {
    try folder.file(
      "r.yaml",
      """
      model: \(Fixture.path("checkpoints/bert-classifier"))
      tuner: {lora: {r: 2, target_modules: [query], modules_to_save: [classifier]}}
      data: {train: \(folder.path("train.jsonl")), tokenizer: bytes, \(data)}
      batch_size: 4
      steps: 9
      optimizer: {sgd: {learning_rate: 2}}
      output: \(folder.path(output))
      \(more)
      """)
  }

  private func lines() throws -> [[String: Any]] {
    try folder.text("run/log.jsonl").split(separator: "\n").compactMap {
      try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
    }
  }

  @Test("The best adapter is measured on them, once, at the end", arguments: ["eval", "split"])
  func best(kind: String) throws {
    let test = folder.path("test.jsonl")
    let data = kind == "eval" ? "eval: \(test), test: \(test)" : "split: 0.25, test: \(test)"
    let run = try PeftProcess("train", recipe(data, "eval_every: 2"))
    #expect(run.status == 0, "\(run.errors)")
    let log = try lines()
    #expect(log.count { $0["test_loss"] != nil } == 1)
    let last = try #require(log.last)
    let loss = try #require(last["test_loss"] as? Double)
    #expect(last["test_f1"] is Double)
    #expect(
      run.errors.contains(
        "the best adapter on the test data: loss \(String(format: "%.4f", loss)) accuracy "),
      "\(run.errors)")
    guard kind == "eval" else { return }
    // Measured on the same rows: the lowest loss of the evaluations, not that of the last step.
    let losses = log.compactMap { $0["eval_loss"] as? Double }
    #expect(losses.min() == loss)
    #expect(losses.last != loss)
    let evaluated = try PeftProcess(
      "evaluate", Fixture.path("checkpoints/bert-classifier"), "--adapter", folder.path("run/best"),
      "--data", test, "--tokenizer", "bytes", "--no-base", "--format", "json")
    let report = try JSONSerialization.jsonObject(with: Data(evaluated.output.utf8))
    let results = try #require((report as? [String: Any])?["results"] as? [[String: Any]])
    let measured = try #require(results.first?["loss"] as? Double)
    #expect(abs(measured - loss) < 1e-5, "\(evaluated.output)")
  }

  @Test("Without evaluation data, it is the last adapter")
  func last() throws {
    let run = try PeftProcess("train", recipe("test: \(folder.path("test.jsonl"))"))
    #expect(run.errors.contains("the last adapter on the test data: loss "), "\(run.errors)")
  }

  @Test("A run that is stopped, or has a file that is not there, measures nothing")
  func missing() throws {
    let run = try PeftProcess("train", recipe("test: \(folder.path("none.jsonl"))"))
    #expect(run.status == 1)
    #expect(run.errors.contains("none.jsonl: error: "), "\(run.errors)")
    #expect(!folder.exists("run"))
  }

  @Test("The F1 of evaluations can end a run, where there are classes")
  func f1() throws {
    let stopping = "eval_every: 1\nearly_stopping: {patience: 1, metric: f1}"
    let run = try PeftProcess("train", recipe("split: 0.25", stopping))
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains(" F1 "), "\(run.errors)")
    #expect(try lines().filter { $0["eval_loss"] != nil }.allSatisfy { $0["eval_f1"] is Double })
  }
}
