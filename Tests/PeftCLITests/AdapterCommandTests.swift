import Peft
import PeftTestSupport
import Testing

@Suite("peft adapter inspect, slim, restore") struct AdapterCommandTests {
  /// A folder in which commands are run.
  private struct Workplace {
    let folder: TemporaryFolder

    /// - Parameter names: Recorded adapters to copy there.
    init(_ names: String...) throws {
      folder = try TemporaryFolder()
      for name in names { try folder.copy(Fixture.path("adapted/\(name)"), to: name) }
    }

    func run(_ arguments: String...) throws -> PeftProcess {
      try PeftProcess(arguments: ["adapter"] + arguments, in: folder.url)
    }

    func tensors(_ name: String) throws -> [String: [Float]] {
      let file = try SafetensorsFile(path: folder.path("\(name)/adapter_model.safetensors"))
      return Dictionary(
        uniqueKeysWithValues: file.names.map { ($0, file.tensor($0)?.floats() ?? []) })
    }
  }

  @Test("inspect prints what slim would save")
  func inspect() throws {
    let place = try Workplace("llama-randlora")
    let run = try place.run("inspect", "llama-randlora")
    #expect(run.status == 0)
    #expect(run.errors.isEmpty)
    #expect(run.output.hasPrefix("adapter     llama-randlora\ntuner       RANDLORA\n"))
    #expect(run.output.contains("20,328  peft adapter slim, saves 162 kB\n"))
  }

  @Test("inspect prints every format", arguments: ["table", "json", "csv", "markdown"])
  func formats(format: String) throws {
    let place = try Workplace("llama-randlora")
    let run = try place.run("inspect", "llama-randlora", "--format", format)
    #expect(run.status == 0)
    #expect(run.output.contains("RANDLORA"))
    if format == "json" {
      #expect((try run.json as? [String: Any])?["file_bytes"] as? Int == 182_136)
    }
  }

  @Test("slim says what it saved, restore what it costs; numbers are the same")
  func roundTrip() throws {
    let place = try Workplace("llama-randlora")
    let slim = try place.run("slim", "llama-randlora", "--output", "slim")
    #expect(slim.status == 0)
    #expect(slim.output.isEmpty)
    #expect(slim.errors == "wrote slim: 20.3 kB instead of 182 kB, 9.0 times smaller\n")
    let back = try place.run(
      "restore", "slim", "--projection", "per-module", "--output", "back")
    #expect(back.status == 0)
    #expect(back.errors == "wrote back: 182 kB instead of 20.3 kB, 9.0 times larger\n")
    #expect(try place.tensors("back") == place.tensors("llama-randlora"))
    let once = try place.run("restore", "slim", "--output", "slim")
    #expect(once.errors == "wrote slim: 31.1 kB instead of 20.3 kB, 1.5 times larger\n")
    #expect(try place.tensors("slim").count == 30)
  }

  @Test("Bases of the older torch are a warning")
  func olderTorch() throws {
    let place = try Workplace("llama-randlora-bases-earlier")
    let run = try place.run("slim", "llama-randlora-bases-earlier", "--output", "slim")
    #expect(run.status == 0)
    #expect(
      run.errors == """
        warning: the bases are those of torch up to 2.11: PEFT under torch from 2.12 on would draw \
        others without a warning; 'peft adapter restore' writes them back
        wrote slim: 7.79 kB instead of 61.5 kB, 7.9 times smaller

        """)
    let other = try place.run("restore", "slim", "--torch-bases", "newer", "--output", "back")
    #expect(other.status == 1)
    #expect(
      other.errors == """
        slim: error: the bases were drawn as torch up to 2.11 does, and otherwise the numbers would be \
        wrong
          fix: leave the choice of torch out

        """)
  }

  @Test("An adapter with nothing to do is copied")
  func copied() throws {
    let place = try Workplace("gpt2-lora")
    let slim = try place.run("slim", "gpt2-lora", "--output", "slim")
    #expect(slim.status == 0)
    #expect(slim.errors == "wrote slim: a copy, there are no bases to take out\n")
    let back = try place.run("restore", "slim", "--output", "back")
    #expect(back.errors == "wrote back: a copy, this tuner has no bases\n")
    #expect(try place.tensors("back") == place.tensors("gpt2-lora"))
  }

  @Test("What PEFT wrote without bases needs the model and the torch")
  func unrecorded() throws {
    let place = try Workplace("gpt2-randlora-unsaved")
    let model = Fixture.path("checkpoints/gpt2")
    let name = "gpt2-randlora-unsaved"
    let noModel = try place.run("restore", name, "--output", "back")
    #expect(noModel.status == 1)
    #expect(
      noModel.errors == """
        \(name): error: the file does not say which shapes randlora_A and randlora_B had
          fix: give the adapter's base model: a description is enough

        """)
    let noTorch = try place.run("restore", name, "--model", model, "--output", "back")
    #expect(
      noTorch.errors == """
        \(name): error: the file does not say which torch drew randlora_A and randlora_B
          fix: say whether it was torch from 2.12 on (newer) or up to 2.11 (older): the adapter was \
        trained with it

        """)
    let run = try place.run(
      "restore", name, "--model", model, "--torch-bases", "Newer", "--output", "back")
    #expect(run.status == 0, "\(run.errors)")
    #expect(try place.tensors("back")["base_model.randlora_B"] != nil)
  }

  @Test("A place that is something else is refused, and stays as it is")
  func places() throws {
    let place = try Workplace("llama-randlora")
    try place.folder.copy(Fixture.path("checkpoints/gpt2"), to: "model")
    let before = try place.folder.names(in: "model")
    let careful = try place.run("slim", "llama-randlora", "--output", "model")
    #expect(careful.status == 1)
    #expect(
      careful.errors == """
        model: error: the folder is there and not empty
          fix: choose a new one, or allow it to be replaced: --force

        """)
    let run = try place.run("slim", "llama-randlora", "--force", "--output", "model")
    #expect(run.status == 1)
    #expect(
      run.errors == """
        model: error: a model is there, not an adapter: it has config.json
          fix: choose another folder

        """)
    #expect(try place.folder.names(in: "model") == before)
    let missing = try place.run("slim", "llama-randlora", "--output", "no/such")
    #expect(
      missing.errors == """
        no/such: error: there is no folder 'no'
          fix: make it, for example with 'mkdir -p', or choose another

        """)
    let file = try place.run(
      "slim", "llama-randlora", "--output", "llama-randlora/adapter_config.json")
    #expect(file.status == 1)
    #expect(file.errors.contains("error: this is a file\n  fix: name a folder\n"))
  }

  @Test(
    "A wrong command line ends with 64",
    arguments: [
      (["slim", "a"], "Missing expected argument '--output <folder>'"),
      (["inspect"], "Missing expected argument '<folder>'"),
      (["inspect", "a", "--format", "jsn"], "did you mean 'json'?"),
      (
        ["restore", "a", "--output", "b", "--projection", "none"],
        "'none' is not a number of copies; choose one of shared, per-module."
      ),
      (
        ["restore", "a", "--output", "b", "--torch-bases", "2.11"],
        "'2.11' is no choice of torch; choose newer, from 2.12 on, or older, up to 2.11."
      ),
      (["restore", "a", "--output", "b", "--set", "layers=2"], "--set needs a --model."),
      (["slim", "a", "b", "--output", "c"], "Unexpected argument 'b'"),
    ])
  func commandLine(arguments: [String], words: String) throws {
    let run = try PeftProcess(arguments: ["adapter"] + arguments)
    #expect(run.status == 64)
    #expect(run.errors.contains(words), "\(run.errors)")
    #expect(run.output.isEmpty)
  }
}
