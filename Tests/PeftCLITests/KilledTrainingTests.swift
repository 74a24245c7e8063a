import Foundation
import PeftBasics
import Testing

@Suite("A training that is killed") struct KilledTrainingTests {
  private let folder: TrainingFolder

  init() throws { folder = try TrainingFolder() }

  /// Dropout, accumulation, shuffling and a schedule: all that a state has to carry.
  private func recipe(threads: Int, output: String) throws -> String {
    try folder.recipe(
      "\(output).yaml",
      [
        "tuner":
          "{randlora: {r: 6, target_modules: [c_attn, c_fc], randlora_alpha: 12, randlora_dropout: 0.1}}",
        "data": "{train: \(folder.path)/tokens.bin}", "accumulate": "2", "steps": "240",
        "optimizer": "{adamw: {learning_rate: 3e-3}}",
        "schedule": "{cosine: {warmup_steps: 20}}", "dropout": "0.2", "seed": "3",
        "save_every": "7", "threads": "\(threads)", "output": "\(folder.path)/\(output)",
      ])
  }

  /// The losses, and what was trained.
  private func result(_ output: String) throws -> (losses: [String], adapter: Data) {
    (
      try folder.losses(of: output),
      try Data(contentsOf: folder.file("\(output)/last/adapter_model.safetensors"))
    )
  }

  @Test("Ends with the same bits as one that is not, at 50 moments; so do 1, 2 and 4 threads")
  func killed() throws {
    defer { folder.remove() }
    let whole = try PeftProcess("train", recipe(threads: 1, output: "whole"))
    #expect(whole.status == 0, "\(whole.errors)")
    let expected = try result("whole")
    #expect(expected.losses.count == 240)
    for threads in [2, 4] {
      let run = try PeftProcess("train", recipe(threads: threads, output: "threads\(threads)"))
      #expect(run.status == 0, "\(run.errors)")
      #expect(try result("threads\(threads)") == expected)
    }
    let path = try recipe(threads: 2, output: "killed")
    let output = folder.file("killed")
    var (kills, generator) = (0, SystemRandomNumberGenerator())
    while kills < 50 {
      let hasState = folder.exists("killed/state")
      if !hasState { try? FileManager.default.removeItem(at: output) }
      let process = Process()
      process.executableURL = try PeftProcess.executable
      process.arguments = hasState ? ["train", "--resume", output.path] : ["train", path]
      process.standardError = FileHandle.nullDevice
      try process.run()
      usleep(.random(in: 50_000..<900_000, using: &generator))
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      if process.terminationReason == .exit {
        // It was done before: what there is must be right, and the run begins anew.
        try #expect(result("killed") == expected)
        try FileManager.default.removeItem(at: output)
      } else {
        kills += 1
      }
    }
    if folder.exists("killed/state") {
      let last = try PeftProcess("train", "--resume", output.path)
      #expect(last.status == 0 || last.errors.contains("finished"), "\(last.errors)")
      #expect(try result("killed") == expected)
    }
  }
}
