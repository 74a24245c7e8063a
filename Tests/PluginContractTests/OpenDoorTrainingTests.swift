import Foundation
import Peft
import PeftBasics
import PeftTestSupport
import Testing

@testable import PeftCommands

@Suite("A tuner from outside in training and on the command line")
struct OpenDoorTrainingTests {
  private static let model = Fixture.path("checkpoints/gpt2")

  private let folder: TemporaryFolder
  private let registry: TunerRegistry
  private var path: String { folder.path }

  /// A folder with tokens for the tiny GPT-2.
  init() throws {
    folder = try TemporaryFolder()
    try folder.file(
      "tokens.bin", (0..<1400).map { UInt8($0.isMultiple(of: 2) ? $0 / 2 * 7 % 61 : 0) })
    var registry = TunerRegistry.standard
    try registry.register(OuterTuner.self)
    self.registry = registry
  }

  private func recipe(_ output: String) -> String {
    """
    model: \(Self.model)
    tuner: {outer: {outer_scale: 2, target_modules: [c_attn]}}
    data: {train: \(path)/tokens.bin, eval: \(path)/tokens.bin, shuffle: true}
    batch_size: 2
    sequence_length: 8
    steps: 6
    optimizer: {adamw: {learning_rate: 1e-2}}
    output: \(path)/\(output)

    """
  }

  /// A question that is answered with yes the given time.
  private func stopping(after count: Int) -> () -> Bool {
    var left = count
    return {
      left -= 1
      return left <= 0
    }
  }

  /// A run of the recipe, which names the tuner.
  private func trainer(_ output: String) throws -> Trainer {
    try Trainer(TrainingRecipe(text: recipe(output), registry: registry), registry: registry)
  }

  private func adapter(_ run: String) throws -> Data {
    try folder.bytes("\(run)/last/adapter_model.safetensors")
  }

  @Test("It is trained as a recipe names it, and a run that is resumed ends with the same bits")
  func resumed() throws {
    try trainer("whole").run()
    try trainer("parts").run(until: stopping(after: 3))
    let error = #expect(throws: DescriptionErrors.self) {
      try Trainer(resuming: "\(path)/parts")
    }
    #expect(error?.description.contains("no tuner is called 'outer'") == true)
    let rest = try Trainer(resuming: "\(path)/parts", registry: registry, threads: 1)
    #expect(rest.startStep == 3)
    try rest.run()
    #expect(try adapter("parts") == adapter("whole"))
  }

  @Test("One that is given as a value needs no registry to be trained; its adapter is gone on from")
  func value() throws {
    var recipe = try TrainingRecipe(text: recipe("value"), registry: registry)
    try Trainer(recipe).run()
    recipe.output = "\(path)/next"
    recipe.start = .adapter("\(path)/value/last")
    #expect(message { _ = try Trainer(recipe) }?.contains("no tuner is called 'OUTER'") == true)
    try Trainer(recipe, registry: registry).run()
    let folder = try AdapterFolder("\(path)/next/last", registry: registry)
    #expect((folder.configuration as? OuterConfig)?.scale == 2)
    #expect(try adapter("next") != adapter("value"))
  }

  @Test("It takes part in a bake-off, and one that is resumed ends with the same bits")
  func bakeoff() throws {
    func bakeoff(_ output: String) throws -> Bakeoff {
      try Bakeoff(
        TrainingRecipe(text: recipe(output), registry: registry),
        ["outer:target_modules=[c_attn]", "lora:match,target_modules=[c_attn]"].map {
          try BakeoffTuner($0, registry: registry)
        }, registry: registry)
    }
    let whole = try bakeoff("whole")
    try whole.run()
    try bakeoff("parts").run(until: stopping(after: 3))
    let rest = try Bakeoff(resuming: "\(path)/parts", registry: registry)
    #expect(!rest.isFinished)
    try rest.run()
    let (expected, found) = (try whole.results().results, try rest.results().results)
    #expect(found.map(\.contestant.name) == ["outer", "lora"])
    #expect(found.map(\.training) == expected.map(\.training))
    #expect(found.map(\.training.count) == [6, 6])
    for name in ["outer", "lora"] {
      #expect(try adapter("parts/\(name)") == adapter("whole/\(name)"))
    }
  }

  @Test("Every subcommand of a command with its registry knows it; none of another command does")
  func commands() throws {
    try folder.file("r.yaml", recipe("run"))
    try trainer("half").run(until: stopping(after: 3))
    let tuner = "outer:target_modules=[c_attn]"
    let last = "\(path)/run/last"
    let input = "\(path)/in.safetensors"
    try SafetensorsWriter.write(["input_ids": Tensor([5, 17, 3, 58], shape: [1, 4])], to: input)
    let commands = [
      ["tuners", "outer"],
      ["describe", "gpt2", "--tuner", tuner],
      ["match", "gpt2", "--tuner", tuner],
      ["compare", "gpt2", "--tuner", tuner],
      ["plan", Self.model, "--tuner", tuner, "--sequence", "8"],
      ["train", "\(path)/r.yaml"],
      ["train", "--resume", "\(path)/half"],
      ["train", "\(path)/r.yaml", "--adapter", last, "--output", "\(path)/more"],
      ["bakeoff", "\(path)/r.yaml", "--tuner", tuner, "--tuner", "lora", "--output", "\(path)/b"],
      ["bakeoff", "--resume", "\(path)/b"],
      ["adapter", "inspect", last],
      ["adapter", "slim", last, "--output", "\(path)/slim"],
      ["adapter", "restore", "\(path)/slim", "--output", "\(path)/restored"],
      [
        "adapter", "convert", last, "--model", Self.model, "--to", "lora:r=1", "--output",
        "\(path)/l",
      ],
      [
        "run", Self.model, "--adapter", last, "--input", input, "--output",
        "\(path)/out.safetensors",
      ],
      ["merge", Self.model, "--adapter", last, "--output", "\(path)/merged"],
    ]
    func perform(_ command: [String], _ registry: TunerRegistry) throws {
      try Known.$catalog.withValue(TrainingCatalog(tuners: registry)) {
        try RootCommand.perform(command)
      }
    }
    for command in commands {
      let message = message { try perform(command, .standard) }?.lowercased()
      #expect(message?.contains("no tuner is called 'outer'") == true, "\(command)")
      #expect(throws: Never.self, "\(command)") { try perform(command, registry) }
    }
    let export = ["adapter", "export", last, "--model", Self.model, "--plain", "--output", "x"]
    #expect(throws: PlainLoRAError.otherTuner("OUTER")) { try perform(export, registry) }
    let converted = try AdapterFolder("\(path)/l", registry: registry)
    #expect(converted.configuration is LoraConfig)
  }
}
