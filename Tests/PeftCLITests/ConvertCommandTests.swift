import Foundation
import Peft
import PeftBasics
import PeftTestSupport
import Testing

@Suite("peft adapter convert and export") struct ConvertCommandTests {
  private static let gpt2 = Fixture.path("checkpoints/gpt2")
  private static func adapter(_ name: String) -> String { Fixture.path("adapted/\(name)") }

  /// A folder for what is written.
  private struct Workplace {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    func path(_ name: String) -> String { folder.path(name) }

    func convert(_ arguments: String...) throws -> PeftProcess {
      try PeftProcess(
        arguments: ["adapter", "convert"] + arguments + ["--output", path("out")])
    }

    func export(_ arguments: String...) throws -> PeftProcess {
      try PeftProcess(
        arguments: ["adapter", "export", "--force"] + arguments + ["--output", path("out")])
    }
  }

  @Test("A conversion is written, and the table says how near it is")
  func table() throws {
    let place = try Workplace()
    let run = try place.convert(
      Self.adapter("gpt2-randlora"), "--model", Self.gpt2, "--to", "lora:r=4")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.hasSuffix("wrote \(place.path("out"))\n"))
    let lines = run.output.split(separator: "\n")
    #expect(
      lines.first?.split(separator: " ").joined(separator: " ")
        == "module out × in rank relative error")
    #expect(lines[1].hasPrefix("transformer.h.*.attn.c_attn × 2"))
    #expect(lines.last?.hasPrefix("all ") == true && lines.last?.hasSuffix("%") == true)
    let folder = try AdapterFolder(place.path("out"))
    let config = try #require(folder.configuration as? LoraConfig)
    #expect((config.r, config.loraAlpha) == (4, 4))
    _ = try folder.applied(to: Model(Self.gpt2))
  }

  @Test("JSON and CSV have every module, Markdown the table")
  func formats() throws {
    let place = try Workplace()
    func run(_ more: String...) throws -> PeftProcess {
      try PeftProcess(
        arguments: [
          "adapter", "convert", Self.adapter("gpt2-randlora"), "--model", Self.gpt2, "--to",
          "lora:share=0.9", "--force", "--output", place.path("out"),
        ] + more)
    }
    let report = try #require(try run("--format", "json").json as? [String: Any])
    let modules = try #require(report["modules"] as? [[String: Any]])
    #expect(modules.first?["module"] as? String == "transformer.h.0.attn.c_attn")
    let names = ["module", "outputs", "inputs", "rank", "norm", "relative_error"]
    #expect(modules.allSatisfy { Set($0.keys) == Set(names) })
    // 90 % of the squares leave √0.1 at most.
    let error = try #require(report["relative_error"] as? Double)
    #expect(error > 0 && error < 0.3163)
    let csv = try run("--format", "csv").output
    #expect(csv.hasPrefix("module,outputs,inputs,rank,norm,relative_error\r\n"))
    #expect(csv.components(separatedBy: "\r\n").count == modules.count + 2)
    #expect(try run("--format", "markdown").output.hasPrefix("| module | out × in | rank |"))
    #expect(try run("--all").output.contains("transformer.h.1.attn.c_attn "))
  }

  @Test("A description is enough where no update reads the weights")
  func description() throws {
    let place = try Workplace()
    let sizes = [
      "vocabulary=61", "positions=16", "width=40", "inner=47", "heads=4", "layers=2",
    ].flatMap { ["--set", $0] }
    let run = try PeftProcess(
      arguments: [
        "adapter", "convert", Self.adapter("gpt2-lora"), "--model", "gpt2", "--to", "lora:r=2",
        "--output", place.path("out"),
      ] + sizes)
    #expect(run.status == 0, "\(run.errors)")
  }

  @Test("Where the configuration names a folder here, or a bundled model, --model can be left out")
  func configuredBase() throws {
    let place = try Workplace()
    let output = place.path("out")
    let arguments = [
      "adapter", "convert", Self.adapter("gpt2-lora"), "--to", "lora:r=2", "--output", output,
    ]
    let here = Fixture.folder.appending(path: "checkpoints")
    #expect(try PeftProcess(arguments: arguments, in: here).status == 0)
    let run = try place.convert(Self.adapter("llama-dora"), "--to", "lora:r=2")
    #expect(run.status == 1)
    #expect(
      run.errors == """
        \(Self.adapter("llama-dora")): error: its base model llama-grouped is no folder here, nor bundled
          fix: name the base model with --model

        """)
  }

  @Test("Full weights are written under the model's names")
  func full() throws {
    let place = try Workplace()
    let run = try place.convert(Self.adapter("gpt2-lora"), "--model", Self.gpt2, "--to", "full")
    #expect(run.status == 0 && run.output.isEmpty)
    #expect(run.errors == "wrote \(place.path("out")): 8 tensors\n")
    let file = try SafetensorsFile(path: place.path("out"))
    #expect(file.names.contains("transformer.h.0.attn.c_attn.weight"))
    let bare = try place.convert(Self.adapter("gpt2-lora"), "--model", "gpt2", "--to", "full")
    #expect(bare.status == 1)
    #expect(bare.errors.contains("error: gpt2 is a description, without weights"))
  }

  @Test("An export is written with one scale for all, or not at all")
  func export() throws {
    let place = try Workplace()
    let patterns = try place.export(
      Self.adapter("gpt2-lora-patterns"), "--model", Self.gpt2, "--plain")
    #expect(patterns.status == 0, "\(patterns.errors)")
    let config = try #require(
      try AdapterFolder(place.path("out")).configuration as? LoraConfig)
    #expect(config.rankPattern.isEmpty && config.loraAlpha == Double(config.r))
    #expect(patterns.errors.hasPrefix("wrote \(place.path("out")): rank \(config.r), "))

    let biases = Self.adapter("gpt2-lora-lora-bias")
    let refused = try place.export(biases, "--model", Self.gpt2, "--plain")
    #expect(refused.status == 1)
    #expect(refused.errors.hasPrefix("error: a plain LoRA has no place for:\n  the bias that"))
    let dropped = try place.export(biases, "--model", Self.gpt2, "--plain", "--drop")
    #expect(dropped.status == 0)
    #expect(dropped.errors.contains("warning: left out: the bias that lora_bias adds at "))
    let dora = try place.export(
      Self.adapter("gpt2-dora"), "--model", Self.gpt2, "--plain", "--drop")
    #expect(dora.status == 1 && dora.errors.contains("fix: convert it to LoRA first"))
  }

  @Test("Mistakes in the command line end with 64, and say what would be right")
  func mistakes() throws {
    let place = try Workplace()
    let size = try place.convert(Self.adapter("gpt2-lora"), "--to", "lora")
    #expect(size.status == 64)
    #expect(size.errors.contains("fix: write lora:r=16, lora:share=0.9, or full"))
    let form = try place.export(Self.adapter("gpt2-lora"))
    #expect(form.status == 64 && form.errors.contains("--plain is the only one"))
    let copy = try place.folder.copy(Self.adapter("gpt2-lora"), to: "copy")
    let itself = try PeftProcess(
      "adapter", "convert", copy, "--model", Self.gpt2, "--to", "lora:r=2", "--output", copy)
    #expect(itself.status == 1)
    #expect(
      itself.errors == """
        \(copy): error: this is read, and would be replaced
          fix: choose another name

        """)
  }
}
