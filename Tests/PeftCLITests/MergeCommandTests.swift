import Foundation
import Peft
import PeftBasics
import PeftTestSupport
import Testing

@Suite("peft merge") struct MergeCommandTests {
  private static func checkpoint(_ name: String) -> String { Fixture.path("checkpoints/\(name)") }
  private static func adapter(_ name: String) -> String { Fixture.path("adapted/\(name)") }
  private static let ids = ["input_ids": Tensor([5, 17, 3, 58], shape: [1, 4])]

  /// Merges into a new folder and hands over its path.
  private func merging(
    _ arguments: String..., body: (PeftProcess, String) throws -> Void
  ) throws {
    try merging(arguments, body: body)
  }

  private func merging(
    _ arguments: [String], body: (PeftProcess, String) throws -> Void
  ) throws {
    let place = try TemporaryFolder()
    let folder = place.path("merged")
    try body(PeftProcess(arguments: ["merge"] + arguments + ["--output", folder]), folder)
  }

  private func distance(_ a: [String: Tensor], _ b: [String: Tensor]) -> Double {
    OutputDifference(a, b).relative
  }

  @Test("The new checkpoint answers as the adapted model, and what was done is said")
  func merged() throws {
    try merging(
      Self.checkpoint("gpt2"), "--adapter", Self.adapter("gpt2-lora")
    ) { result, folder in
      #expect(result.status == 0)
      #expect(result.output.isEmpty)
      #expect(result.errors.hasPrefix("wrote \(folder): 8 tensors changed\n"))
      #expect(result.errors.contains("on random inputs it differs from the adapted model by "))
      let adapted = try AdapterFolder(Self.adapter("gpt2-lora"))
        .applied(to: Model(Self.checkpoint("gpt2")))
      #expect(try distance(Model(folder)(Self.ids), adapted(Self.ids)) < 1e-5)
    }
  }

  @Test("Shards, types and other files are the base's")
  func layout() throws {
    for (base, adapter) in [
      ("gpt2-sharded", "gpt2-dora"), ("llama-grouped-bfloat16", "llama-lora"),
      ("llama-grouped-float16", "llama-randlora-unsaved"),
    ] {
      try merging(
        Self.checkpoint(base), "--adapter", Self.adapter(adapter)
      ) { result, folder in
        #expect(result.status == 0, "\(result.errors)")
        let (old, new) = (
          try Checkpoint(path: Self.checkpoint(base)), try Checkpoint(path: folder)
        )
        #expect(new.names == old.names)
        for name in old.names { #expect(new.info(name) == old.info(name), "\(name)") }
        let names = { (path: String) in path.split(separator: "/").last.map(String.init) }
        #expect(new.filePaths.map(names) == old.filePaths.map(names))
        let configurations = try [Self.checkpoint(base), folder].map {
          try Data(contentsOf: URL(filePath: "\($0)/config.json"))
        }
        #expect(configurations[0] == configurations[1])
      }
    }
  }

  @Test("A tied head is untied in the weights' own configuration, and not without one")
  func tiedWithDescription() throws {
    let weights = "\(Self.checkpoint("gpt2"))/model.safetensors"
    let settings = ["vocabulary=61", "positions=37", "width=40", "inner=47", "heads=5", "layers=2"]
    let arguments = ["gpt2"] + settings.flatMap { ["--set", $0] }
    let adapter = ["--adapter", Self.adapter("gpt2-lora-head-tied")]
    try merging(arguments + ["--weights", weights] + adapter) { result, folder in
      #expect(result.status == 0, "\(result.errors)")
      let config = try String(contentsOfFile: "\(folder)/config.json", encoding: .utf8)
      #expect(config.contains(#""tie_word_embeddings": false"#))
      let adapted = try AdapterFolder(Self.adapter("gpt2-lora-head-tied"))
        .applied(to: Model(Self.checkpoint("gpt2")))
      #expect(try distance(Model(folder)(Self.ids), adapted(Self.ids)) < 1e-5)
    }
    let alone = try TemporaryFolder()
    let copy = try alone.copy(weights, to: "model.safetensors")
    try merging(arguments + ["--weights", copy] + adapter) { result, folder in
      #expect(result.status == 1)
      #expect(result.errors.contains("lm_head.weight shares its weight, and this kind of model"))
      #expect(!FileManager.default.fileExists(atPath: folder))
    }
  }

  @Test("A tied head that changes alone is tied no longer")
  func tied() throws {
    try merging(
      Self.checkpoint("gpt2"), "--adapter", Self.adapter("gpt2-lora-head-tied")
    ) { result, folder in
      #expect(result.errors.hasPrefix("note: lm_head.weight is no longer tied\n"))
      let config = try String(contentsOfFile: "\(folder)/config.json", encoding: .utf8)
      #expect(config.contains(#""tie_word_embeddings": false"#))
      let adapted = try AdapterFolder(Self.adapter("gpt2-lora-head-tied"))
        .applied(to: Model(Self.checkpoint("gpt2")))
      #expect(try distance(Model(folder)(Self.ids), adapted(Self.ids)) < 1e-5)
    }
  }

  @Test("Several adapters add up")
  func several() throws {
    let (one, two) = (Self.adapter("gpt2-lora"), Self.adapter("gpt2-lora-patterns"))
    try merging(
      Self.checkpoint("gpt2"), "--adapter", one, "--adapter", two, "--no-check"
    ) { result, folder in
      #expect(result.errors == "wrote \(folder): 8 tensors changed\n")
      var model = PeftModel(try Model(Self.checkpoint("gpt2")))
      try model.loadAdapter(one, as: "one")
      try model.loadAdapter(two, as: "two")
      try model.setAdapter("one", "two")
      #expect(try distance(Model(folder)(Self.ids), model(Self.ids)) < 1e-5)
    }
  }

  @Test("What cannot be merged is one message, and nothing is written")
  func refusals() throws {
    func refused(_ arguments: [String], _ words: String) throws {
      try merging(arguments) { result, folder in
        #expect(result.status == 1)
        #expect(result.errors.contains(words), "\(result.errors)")
        #expect(result.errors.contains("fix: "), "\(result.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder))
      }
    }
    try refused(
      [
        Self.checkpoint("llama-grouped"), "--adapter", Self.adapter("llama-lora-layer-replication"),
      ],
      "an adapter with layer_replication makes a model of other layers")
    try refused(
      [Self.checkpoint("llama-grouped"), "--adapter", Self.adapter("llama-lora-lora-bias")],
      "has no bias that the adapter's could be added to")
    try refused(
      [Self.checkpoint("gpt2"), "--adapter", Self.adapter("llama-lora")], "no module matches")
    try refused(
      ["gpt2", "--adapter", Self.adapter("gpt2-lora")], "is a description, without weights")
    let place = try TemporaryFolder()
    let copy = try place.copy(Self.checkpoint("gpt2"), to: "copy")
    let same = try PeftProcess(
      "merge", copy, "--adapter", Self.adapter("gpt2-lora"), "--output", copy)
    #expect(same.status == 1)
    #expect(
      same.errors == """
        \(copy): error: this is read, and would be replaced
          fix: choose another name

        """)
  }

  @Test("A folder with something in it is left alone, unless it may be replaced")
  func force() throws {
    let folder = try TemporaryFolder()
    try folder.copy(Self.adapter("gpt2-dora"), to: "out")
    func merge(_ more: String...) throws -> PeftProcess {
      try PeftProcess(
        arguments: [
          "merge", Self.checkpoint("gpt2"), "--adapter", Self.adapter("gpt2-lora"), "--output",
          folder.path("out"),
        ] + more)
    }
    let careful = try merge()
    #expect(careful.status == 1)
    #expect(careful.errors.contains("error: the folder is there and not empty\n  fix: "))
    #expect(try merge("--force").status == 0)
    // An adapter that stayed would be applied on top by transformers.
    #expect(
      try folder.names(in: "out") == ["case.safetensors", "config.json", "model.safetensors"])
  }

  @Test("Beside weights that are given by themselves, only the model's own files come along")
  func companions() throws {
    let place = try TemporaryFolder()
    let weights = try place.copy(
      "\(Self.checkpoint("gpt2"))/model.safetensors", to: "model.safetensors")
    try place.file("taxes.txt", "private")
    try merging(
      Self.checkpoint("gpt2"), "--weights", weights, "--adapter", Self.adapter("gpt2-lora")
    ) { result, folder in
      #expect(result.status == 0, "\(result.errors)")
      let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      #expect(names.contains("config.json") && !names.contains("taxes.txt"), "\(names)")
    }
  }

  @Test("Without an adapter, or with options for none, the command line is wrong")
  func commandLine() throws {
    for (arguments, words) in [
      (["gpt2"], "Error: Give at least one --adapter.\n"),
      (
        ["gpt2", "--adapter", "a", "--threads", "0"],
        "Error: The value '0' is invalid for '--threads <number>'"
      ),
    ] {
      let result = try PeftProcess(arguments: ["merge"] + arguments + ["--output", "x"])
      #expect(result.status == 64)
      #expect(result.errors.hasPrefix(words), "\(result.errors)")
    }
  }
}
