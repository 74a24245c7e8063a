import Foundation
import PeftBasics
import PeftTestSupport
import Testing

@Suite("A training that is killed") struct KilledTrainingTests {
  private let folder: TemporaryFolder

  init() throws { folder = try .withTokens() }

  /// What is trained on.
  enum Rows: CaseIterable {
    case tokens, texts

    /// How often a run is killed.
    var kills: Int { self == .tokens ? 50 : 15 }
  }

  /// Dropout, accumulation, shuffling (texts are grouped by length, too) and a schedule: all that a state has to
  /// carry.
  private func recipe(_ rows: Rows, threads: Int, output: String) throws -> String {
    let texts = (1...90).map {
      String(repeating: "\($0 * $0 * 7919)", count: 4).prefix(1 + $0 % 15) + "\n"
    }.joined()
    try folder.file("texts.txt", texts)
    let data =
      switch rows {
      case .tokens: "{train: \(folder.path)/tokens.bin}"
      case .texts: "{train: \(folder.path)/texts.txt, tokenizer: bytes}"
      }
    return try folder.recipe(
      "\(output).yaml",
      [
        "tuner":
          "{randlora: {r: 6, target_modules: [c_attn, c_fc], randlora_alpha: 12, randlora_dropout: 0.1}}",
        "data": data, "group_by_length": "\(rows == .texts)",
        "sequence_length": rows == .texts ? "32" : "8",
        "accumulate": "2", "steps": "240",
        "optimizer": "{adamw: {learning_rate: 3e-3}}",
        "schedule": "{cosine: {warmup_steps: 20}}", "dropout": "0.2", "seed": "3",
        "save_every": "7", "threads": "\(threads)", "output": "\(folder.path)/\(output)",
      ])
  }

  /// The losses, and what was trained.
  private func result(_ output: String) throws -> (losses: [String], adapter: Data) {
    (
      try folder.losses(of: output),
      try folder.bytes("\(output)/last/adapter_model.safetensors")
    )
  }

  @Test(
    "Ends with the same bits as one that is not, wherever that was; so do 1, 2 and 4 threads",
    arguments: Rows.allCases)
  func killed(rows: Rows) throws {
    let whole = try PeftProcess("train", recipe(rows, threads: 1, output: "whole"))
    #expect(whole.status == 0, "\(whole.errors)")
    let expected = try result("whole")
    #expect(expected.losses.count == 240)
    for threads in [2, 4] {
      let run = try PeftProcess(
        "train", recipe(rows, threads: threads, output: "threads\(threads)"))
      #expect(run.status == 0, "\(run.errors)")
      #expect(try result("threads\(threads)") == expected)
    }
    let path = try recipe(rows, threads: 2, output: "killed")
    var (kills, random) = (0, RandomNumbers(seed: 50))
    /// What goes on with the run, or begins it where nothing was saved yet.
    func arguments() throws -> [String] {
      if folder.exists("killed/state") { return ["train", "--resume", folder.path("killed")] }
      if folder.exists("killed") { try folder.remove("killed") }
      return ["train", path]
    }
    while kills < rows.kills {
      let process = try BuiltProduct.process("peft")
      process.arguments = try arguments()
      process.standardError = FileHandle.nullDevice
      if try process.runAndKill(after: .random(in: 50_000..<900_000, using: &random)) {
        kills += 1
      } else {
        // It was done before: what there is must be right, and the run begins anew.
        try #expect(result("killed") == expected)
        try folder.remove("killed")
      }
    }
    let last = try PeftProcess(arguments: arguments())
    #expect(last.status == 0 || last.errors.contains("is finished"), "\(last.errors)")
    #expect(try result("killed") == expected)
  }
}
