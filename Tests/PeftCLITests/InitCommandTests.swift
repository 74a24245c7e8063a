import Foundation
import Peft
import PeftBasics
import PeftTestSupport
import Testing

@Suite("peft init, and a model of one's own") struct InitCommandTests {
  private static let poet = Repository.root.appending(path: "Examples/OwnModel/poet").path

  @Test("It writes a checkpoint of the folder's model, the same for the same seed")
  func written() throws {
    let folder = try TemporaryFolder()
    func bytes(seed: String, as name: String) throws -> Data {
      let run = try PeftProcess(
        "init", Self.poet, "--seed", seed, "--output", folder.path(name))
      #expect(run.status == 0)
      #expect(run.errors == "wrote \(folder.path(name)): 891,648 parameters, seed \(seed)\n")
      return try folder.bytes("\(name)/model.safetensors")
    }
    let first = try bytes(seed: "0", as: "first")
    #expect(try bytes(seed: "0", as: "again") == first)
    #expect(try bytes(seed: "1", as: "other") != first)
    let model = try Model(folder.path("first"))
    #expect(model.warnings.isEmpty)
    let scale = try #require(model.graph.parameter(named: "transformer.h.0.ln_1.weight"))
    #expect(model.tensor(of: scale)?.floats() == Array(repeating: 1, count: 128))
    let matrix = try #require(model.graph.parameter(named: "transformer.h.0.mlp.c_fc.weight"))
    let numbers = try #require(model.tensor(of: matrix)?.floats())
    let variance = numbers.reduce(0) { $0 + Double($1) * Double($1) } / Double(numbers.count)
    #expect(abs(variance.squareRoot() - 0.02) < 2e-4)
  }

  @Test("Dimensions that are set anew are in the new config.json")
  func set() throws {
    let folder = try TemporaryFolder()
    let run = try PeftProcess(
      "init", Self.poet, "--set", "layers=1", "--output", folder.path("one"))
    #expect(run.status == 0, "\(run.errors)")
    #expect(
      try Model(folder.path("one")).graph.modules.modules.contains { $0.path == "transformer.h.0" })
    #expect(
      try !Model(folder.path("one")).graph.modules.modules.contains { $0.path == "transformer.h.1" }
    )
  }

  @Test(
    "Mistakes are one message, and nothing is written",
    arguments: [
      (["--output", "there"], "the folder is there and not empty"),
      (["--set", "layer=1", "--output", "new"], "did you mean 'layers'?"),
      (["--seed=-1", "--output", "new"], "--seed must be 0 or more."),
      (["--output", "no/where"], "there is no folder 'no'"),
    ])
  func mistakes(arguments: [String], message: String) throws {
    let folder = try TemporaryFolder()
    try folder.file("there/kept.txt", "kept")
    let run = try PeftProcess(
      arguments: ["init", Self.poet] + arguments, in: folder.url)
    #expect(run.status != 0)
    #expect(run.errors.contains(message), "\(run.errors)")
    #expect(!folder.exists("new"))
    #expect(try folder.text("there/kept.txt") == "kept")
  }

  @Test("Examples/OwnModel makes a base, adapts it twice, and lets all three answer")
  func ownModel() throws {
    let folder = try TemporaryFolder()
    let example = folder.path("OwnModel")
    try FileManager.default.copyItem(
      atPath: Repository.root.appending(path: "Examples/OwnModel").path, toPath: example)
    let process = try BuiltProduct.process("peft")
    let command = try #require(process.executableURL?.path)
    process.executableURL = URL(fileURLWithPath: "\(example)/run")
    process.arguments = ["--steps", "2"]
    process.environment = ProcessInfo.processInfo.environment.merging(["PEFT": command]) { $1 }
    let printed = Pipe()
    (process.standardOutput, process.standardError) = (printed, printed)
    try process.run()
    let text = String(decoding: printed.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(text)")
    #expect(text.contains("training 891,648 parameters, 2 steps"))
    #expect(text.contains("wrote out/poet: 53 tensors changed"))
    #expect(text.contains("training 131,072 parameters, 2 steps"))
    #expect(text.contains("training 133,120 parameters, 2 steps"))
    #expect(text.contains("│ out/lora/best"), "\(text)")
  }
}
