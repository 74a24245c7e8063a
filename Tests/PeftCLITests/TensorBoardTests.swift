import Foundation
import PeftTestSupport
import Testing

@Suite("Runs for TensorBoard") struct TensorBoardTests {
  private let folder: TemporaryFolder

  init() throws { folder = try .withTokens() }

  private var eventFiles: [String] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: folder.path("run"))
        .filter { $0.hasPrefix("events.out.tfevents.") }
    }
  }

  /// The tags of each record of the run's only file, with the number before the first.
  private func tags() throws -> [[String]] {
    let file = try #require(eventFiles.first)
    #expect(try eventFiles.count == 1)
    let bytes = [UInt8](try folder.bytes("run/\(file)"))
    var records: [[String]] = []
    var place = 0
    while place < bytes.count {
      let length = bytes[place..<place + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
      let message = String(
        decoding: bytes[place + 12..<place + 12 + length], as: Unicode.ASCII.self)
      records.append(message.matches(of: /(train|eval)\/[a-z_]+/).map { String($0.output.0) })
      place += 12 + length + 4
    }
    #expect(place == bytes.count)
    return records
  }

  private let step = ["train/loss", "train/learning_rate", "train/grad_norm"]
  private let evaluation = ["eval/loss", "eval/accuracy", "eval/perplexity"]

  @Test("A run writes a file of its steps and evaluations, and one that is resumed goes on in it")
  func resumed() throws {
    let trained = try PeftProcess(
      "train", folder.recipe("recipe.yaml", ["eval_every": "3"]), "--tensorboard")
    #expect(trained.status == 0, "\(trained.errors)")
    let first =
      [[]] + [step, step, step, evaluation] + [step, step, step, evaluation]
    #expect(try tags() == first)
    // What a run that was killed wrote after it had saved.
    let name = try #require(eventFiles.first)
    try folder.file("run/\(name)", [UInt8](try folder.bytes("run/\(name)")) + [1, 2, 3])
    try folder.edit("run/recipe.yaml", "steps: 6", "steps: 8")
    let resumed = try PeftProcess("train", "--resume", folder.path("run"))
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try tags() == first + [step, step, evaluation])
  }

  @Test("Without being asked a run writes none")
  func none() throws {
    #expect(try PeftProcess("train", folder.recipe()).status == 0)
    #expect(try eventFiles == [])
  }

  @Test("A state that names another file is refused")
  func foreign() throws {
    #expect(try PeftProcess("train", folder.recipe(), "--tensorboard").status == 0)
    let name = try #require(eventFiles.first)
    try folder.edit("run/recipe.yaml", "steps: 6", "steps: 7")
    try folder.edit("run/state/training_state.json", name, "../\(name)")
    let resumed = try PeftProcess("train", "--resume", folder.path("run"))
    #expect(resumed.status == 1)
    #expect(resumed.errors.contains("training_state.json cannot be read"))
  }
}
