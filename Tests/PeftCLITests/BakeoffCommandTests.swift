import ArgumentParser
import Foundation
import Peft
import PeftTestSupport
import Testing

@testable import PeftCommands

@Suite("peft bakeoff") struct BakeoffCommandTests {
  /// What is said about a command line that is wrong.
  private func refusal(_ arguments: String...) -> String? {
    do { _ = try BakeoffCommand.parse(arguments) } catch {
      #expect(BakeoffCommand.exitCode(for: error) == .validationFailure)
      return BakeoffCommand.fullMessage(for: error)
    }
    return nil
  }

  @Test("What is missing or does not go together is refused")
  func refusals() {
    #expect(refusal()?.contains("Give a recipe, or --resume a bake-off.") == true)
    #expect(refusal("recipe.yaml")?.contains("--tuner lora:r=16 --tuner randlora:match") == true)
    #expect(
      refusal("--resume", "runs/two", "--budget", "1M")?.contains("without '--budget'") == true)
    #expect(
      refusal("--resume", "runs/two", "--steps", "3")?.contains("without '--steps'") == true)
    #expect(
      refusal("r.yaml", "--tuner", "lora", "--learning-rate", "lora=fast")?
        .contains("'lora=fast' is not a rate, such as 1e-3 or randlora=1e-2.") == true)
    #expect(
      refusal("r.yaml", "--tuner", "lora", "--budget", "some")?
        .contains("'some' is not a number of parameters") == true)
  }

  @Test("The rows go to standard output, progress and the name of the picture to standard error")
  func output() throws {
    let folder = try TemporaryFolder()
    try folder.file("tokens.bin", (0..<200).flatMap { [UInt8($0 * 7 % 61), 0] as [UInt8] })
    let model = Fixture.path("checkpoints/gpt2")
    try folder.file(
      "recipe.yaml",
      """
      {model: \(model), data: tokens.bin, batch_size: 2, sequence_length: 8, steps: 9, output: out}
      """)
    let process = try PeftProcess(
      arguments: [
        "bakeoff", "recipe.yaml", "--tuner", "lora:r=2|4", "--tuner", "randlora:match", "--steps",
        "2", "--learning-rate", "1e-4", "--learning-rate", "randlora=1e-3", "--format", "csv",
      ], in: folder.url)
    #expect(process.status == 0)
    let lines = process.output.split(whereSeparator: \.isNewline)
    #expect(
      lines.map { $0.prefix { $0 != "," } } == ["name", "lora-r2", "lora-r4", "randlora"])
    #expect(lines.dropFirst().allSatisfy { $0.contains(",2,") })
    #expect(lines[1].contains(",0.0001,") && lines[3].contains(",0.001,"))
    #expect(process.errors.contains("lora-r4: training 1,280 parameters, 2 steps"))
    #expect(process.errors.hasSuffix("wrote out/bakeoff.svg\n"))
  }

  @Test("A search goes on with the run that it has just left, and is one line a run")
  func search() throws {
    let folder = try TemporaryFolder()
    try folder.file("tokens.bin", (0..<400).flatMap { [UInt8($0 * 7 % 61), 0] as [UInt8] })
    let model = Fixture.path("checkpoints/gpt2")
    try folder.file(
      "recipe.yaml",
      """
      {model: \(model), data: {train: tokens.bin, eval: tokens.bin}, batch_size: 2, sequence_length: 8, steps: 8,
      output: out}
      """)
    let process = try PeftProcess(
      arguments: [
        "bakeoff", "recipe.yaml", "--tuner", "lora:r=2", "--tuner", "randlora:match",
        "--learning-rates", "1e-6,1e-2", "--seeds", "2", "--front", "trained,loss",
      ], in: folder.url)
    #expect(process.status == 0, "\(process.errors)")
    #expect(process.errors.contains("lora-lr1e-2-seed0: step 2/8: eval loss"))
    #expect(process.errors.contains("lora-lr1e-2-seed0: step 8/8: eval loss"))
    #expect(process.errors.contains("randlora-lr1e-2-seed1: step 8/8: eval loss"))
    #expect(!process.errors.contains("lora-lr1e-6-seed0: step 8/8"))
    #expect(process.output.contains("on the front of trained parameters and loss: "))
  }

  @Test(
    "What a search cannot take",
    arguments: [
      (["--learning-rates", "1e-3"], "'1e-3' are not several rates"),
      (
        ["--learning-rates", "1e-3,1e-2", "--learning-rate", "1e-3"],
        "Give either --learning-rate or"
      ),
      (["--seeds", "0"], "--seeds takes a number from 1 on."),
      (["--front", "trained,los"], "'los' is not a column; did you mean 'loss'?"),
      (["--front", "loss"], "--front takes two columns or more"),
    ])
  func searchRefusals(arguments: [String], message: String) {
    do {
      _ = try BakeoffCommand.parse(["r.yaml", "--tuner", "lora"] + arguments)
      Issue.record("\(arguments) were taken")
    } catch {
      #expect(BakeoffCommand.fullMessage(for: error).contains(message))
    }
  }

  @Test(
    "Of a classifier, the divergence from the base is what was forgotten; all of it is on a page")
  func classifier() throws {
    let folder = try TemporaryFolder()
    let rows = Fixture.path("evaluation/rows.csv")
    try folder.file(
      "recipe.yaml",
      """
      {model: \(Fixture.path("evaluation/bert")), data: {train: \(rows), eval: \(rows), label: label},
      batch_size: 4, steps: 4, output: out}
      """)
    let arguments = ["bakeoff", "recipe.yaml", "--tuner", "lora:r=2", "--tuner", "randlora:match"]
    let process = try PeftProcess(
      arguments: arguments + [
        "--learning-rates", "1e-6,1e-1", "--seeds", "2", "--retain", rows, "--format", "json",
        "--html", "page.html",
      ], in: folder.url)
    #expect(process.status == 0, "\(process.errors)")
    let results = try #require(try process.json as? [[String: Any]])
    for result in results {
      let runs = try #require(result["runs"] as? [[String: Any]])
      let forgotten = runs.compactMap { $0["forgetting"] as? Double }
      #expect(forgotten.count == 2 && forgotten.allSatisfy { $0 > 0 })
    }
    let page = try PageData(folder.path("page.html"))
    let contestants = try #require(page.data["contestants"] as? [[String: Any]])
    #expect(contestants.count == 2)
    for (contestant, result) in zip(contestants, results) {
      let values = try #require(contestant["values"] as? [String: [String: Any]])
      #expect(
        values["forgetting"]?["mean"] as? Double == result["forgetting_mean"] as? Double)
      let runs = try #require(contestant["runs"] as? [[String: Any]])
      #expect(runs.map { $0["isFinal"] as? Bool ?? false }.count { $0 } == 2)
      #expect(runs.contains { ($0["evaluation"] as? [[Double]])?.count == 4 })
    }
    // A bake-off that is finished gives its page again.
    let again = try PeftProcess(
      arguments: ["bakeoff", "--resume", "out", "--html", "again.html"], in: folder.url)
    #expect(again.status == 0, "\(again.errors)")
    #expect(try PageData(folder.path("again.html")).text == page.text)
  }

  @Test("With few hours, runs have fewer steps; with next to none, there is no bake-off")
  func hours() throws {
    let folder = try TemporaryFolder()
    try folder.file("tokens.bin", (0..<400).flatMap { [UInt8($0 * 7 % 61), 0] as [UInt8] })
    try folder.file(
      "recipe.yaml",
      """
      {model: \(Fixture.path("checkpoints/gpt2")), data: {train: tokens.bin, eval: tokens.bin}, batch_size: 2,
      sequence_length: 8, steps: 2000000, output: out}
      """)
    let arguments = ["bakeoff", "recipe.yaml", "--tuner", "lora:r=2", "--tuner", "randlora:match"]
    let none = try PeftProcess(arguments: arguments + ["--hours", "1e-9"], in: folder.url)
    #expect(none.status == 1)
    #expect(none.errors.hasPrefix("error: there is no time for a bake-off"), "\(none.errors)")
    #expect(!folder.exists("out"))
    let few = try PeftProcess(arguments: arguments + ["--hours", "0.001"], in: folder.url)
    #expect(few.status == 0, "\(few.errors)")
    #expect(few.errors.contains("2,000,000 steps a run would take longer than 3.6 s: each has "))
    #expect(few.errors.contains("2 tuners, "))
  }
}

/// The data of a page that was written.
private struct PageData {
  let text: String
  let data: [String: Any]

  init(_ path: String) throws {
    text = try String(contentsOfFile: path, encoding: .utf8)
    let json = try #require(
      text.firstMatch(of: /<script type="application\/json" id="data">(.*?)<\/script>/)?.output.1)
    data = try #require(
      try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
  }
}
