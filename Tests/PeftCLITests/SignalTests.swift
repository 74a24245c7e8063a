import Foundation
import PeftTestSupport
import Testing

/// While some kernels of oneDNN run, a signal handler on their thread would write over the heap. The models
/// here are as wide as it takes to choose these kernels: without the rule for threads, every one of these
/// tests ends in a crash.
@Suite("Signals", .serialized) struct SignalTests {
  private let folder: TemporaryFolder

  init() throws { folder = try .forSignals() }

  @Test(
    "Signals every 2 ms change no bit of trainings and runs, for any number of threads",
    arguments: [
      ("gpt2", nil, "f32"), ("gpt2", "AVX2", "f32"), ("gpt_neox", nil, "f32"),
      ("gpt_neox", "AVX2", "f32"), ("gpt2", nil, "bf16"),
    ])
  func timer(family: String, instructions: String?, precision: String) throws {
    // oneDNN reads it at its start. Backtraces of a crash would take a minute.
    let environment = ["ONEDNN_MAX_CPU_ISA": instructions ?? "ALL", "SWIFT_BACKTRACE": "enable=no"]
    let count = LongTests.areWanted ? 20 : 1
    func run(threads: Int, microseconds: [String]) throws -> [String] {
      let recipe = try folder.recipe(
        of: family,
        [
          "steps": "4", "threads": "\(threads)", "precision": precision,
          "output": folder.path("repeated"),
        ])
      let run = try PeftProcess(
        "SignalledHost", arguments: ["repeat", recipe, "\(count)"] + microseconds,
        environment: environment)
      #expect(run.status == 0, "\(threads) threads: \(run.errors)")
      try? folder.remove("repeated")
      return run.output.split(separator: "\n").map(String.init)
    }
    let undisturbed = try run(threads: 1, microseconds: [])
    #expect(undisturbed.count == count + 1 && undisturbed.last == "signals 0")
    for threads in [1, 2, 4] {
      let disturbed = try run(threads: threads, microseconds: ["2000"])
      #expect(disturbed.dropLast() == undisturbed.dropLast(), "\(threads) threads")
      let signals = disturbed.last?.split(separator: " ").last.flatMap { Int($0) } ?? 0
      #expect(signals > 20 * count)
    }
  }

  @Test(
    "Ctrl-C at random moments saves, and the run goes on to the same bits",
    arguments: ["peft", "SignalledHost"])
  func interrupted(program: String) throws {
    let whole = try folder.recipe(of: "gpt2", ["output": folder.path("whole")])
    try #expect(PeftProcess(program, arguments: ["train", whole]).status == 0)
    let adapter = "last/adapter_model.safetensors"
    let expected = try (folder.losses(of: "whole"), folder.bytes("whole/\(adapter)"))
    func result() throws -> ([String], Data) {
      try (folder.losses(of: "run"), folder.bytes("run/\(adapter)"))
    }
    let path = try folder.recipe(of: "gpt2")
    var (random, interruptions, steps) = (RandomNumbers(seed: 13), 0, 0)
    while interruptions < (LongTests.areWanted ? 200 : 5) {
      let process = try BuiltProduct.process(
        program, arguments: ["train"] + (steps > 0 ? ["--resume", folder.path("run")] : [path]))
      let wasInterrupted = try process.runAndInterrupt(
        after: .random(in: 0..<150_000, using: &random)
      ) {
        // It is making steps.
        folder.exists("run/log.jsonl") ? try folder.losses(of: "run").count > steps : false
      }
      #expect(process.terminationReason == .exit && process.terminationStatus == 0)
      #expect(folder.exists("run/state/training_state.json"))
      steps = try folder.losses(of: "run").count
      if wasInterrupted { interruptions += 1 }
      if steps == expected.0.count {
        // It was done before, or just so: what there is must be right, and the run begins anew.
        try #expect(result() == expected)
        try folder.remove("run")
        steps = 0
      }
    }
    guard steps > 0 else { return }
    let last = try PeftProcess(program, arguments: ["train", "--resume", folder.path("run")])
    #expect(last.status == 0, "\(last.errors)")
    try #expect(result() == expected)
  }
}

extension TemporaryFolder {
  /// A folder with `tokens.bin` and descriptions of small models that are as wide as GPT-2.
  fileprivate static func forSignals() throws -> TemporaryFolder {
    let folder = try withTokens()
    for family in ["gpt2", "gpt_neox"] {
      let positions = family == "gpt2" ? "positions: 256, " : ""
      try folder.file(
        "\(family).yaml",
        """
        extends: \(family)
        name: narrow
        dimensions: {vocabulary: 256, \(positions)width: 768, inner: 768, heads: 12, layers: 1}

        """)
    }
    return folder
  }

  fileprivate func recipe(of family: String, _ fields: [String: String] = [:]) throws -> String {
    let modules = family == "gpt2" ? "c_attn, c_fc" : "query_key_value, dense_h_to_4h"
    let own = [
      "model": path("\(family).yaml"), "weights": "random",
      "tuner": "{lora: {r: 8, target_modules: [\(modules)]}}",
      "data": "{train: \(path)/tokens.bin}", "sequence_length": "80", "steps": "40",
    ]
    return try recipe("signals.yaml", own.merging(fields) { $1 })
  }
}
