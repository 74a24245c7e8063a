import PeftTestSupport
import Testing

@Suite("Mistakes of the user") struct MistakeTests {
  @Test(
    "Wrong input ends with 1, one message, and no data",
    arguments: [
      (["compare", "gtp2"], "error: there is no model 'gtp2'\n  fix: did you mean 'gpt2'?\n"),
      (
        ["compare", "gpt2", "--tuner", "lorra"],
        "error: no tuner is called 'lorra'\n  fix: did you mean 'lora'?\n"
      ),
      (
        ["compare", "gpt2", "--tuner", "lora:alpha=1"],
        """
        error: 'lora:alpha=1': lora has no field 'alpha' (found 1)
          fix: did you mean 'lora_alpha'?

        """
      ),
      (
        ["match", "gpt2", "--tuner", "lora:r=0"],
        """
        error: 'lora:r=0': r must be at least 1, not 0
          fix: choose a value for r that is at least 1

        """
      ),
      (
        ["describe", "gpt2", "--tuner", "randlora:randlora_dropout=1"],
        """
        error: 'randlora:randlora_dropout=1': randlora_dropout must be from 0 up to but not \
        including 1, not 1
          fix: choose a value for randlora_dropout that is from 0 up to but not including 1

        """
      ),
      (
        ["compare", "gpt2", "--tuner", "lora:target_modules=[c_atn]"],
        """
        error: gpt2, lora: no module matches "c_atn"; did you mean "c_attn" (12 modules)?
          fix: name some of the model's linear layers: c_attn (12), c_proj (24), c_fc (12), \
        lm_head (1)

        """
      ),
      (
        ["match", "gpt2", "--tuner", "randlora:target_modules=[wte]"],
        """
        error: transformer.wte (Embedding) cannot be adapted
          fix: target only Conv1D, Linear, or list the others in exclude_modules

        """
      ),
      (
        ["match", "gpt2", "--strict", "--tuner", "lora:target_modules=[c_attn,c_prj]"],
        """
        error: no module matches "c_prj"; did you mean "c_proj" (24 modules)?
          fix: correct the entry, or remove it

        """
      ),
      (
        ["match", "gpt2", "--tuner", "lora:r=1|2"],
        """
        error: 'lora:r=1|2' stands for 2 settings, but one is needed here
          fix: choose one of the alternatives that | separates, or put quotes around the value

        """
      ),
      (
        ["compare", "gpt2", "--chart", "no/such/folder.svg"],
        """
        no/such/folder.svg: error: there is no folder 'no/such'
          fix: make it, for example with 'mkdir -p', or choose another

        """
      ),
      (
        ["describe", "nowhere.yaml"],
        "nowhere.yaml: error: there is no such file\n  fix: check the path\n"
      ),
      (["tuners", "lroa"], "error: no tuner is called 'lroa'\n  fix: did you mean 'lora'?\n"),
    ])
  func input(arguments: [String], message: String) throws {
    let run = try PeftProcess(arguments: arguments)
    #expect(run.status == 1)
    #expect(run.errors == message)
    #expect(run.output.isEmpty)
  }

  @Test(
    "A wrong command line ends with 64, and says what was expected",
    arguments: [
      (["compare"], "Missing expected argument '<model> ...'"),
      (["compare", "gpt2", "--format", "jsn"], "did you mean 'json'?"),
      (
        ["compare", "gpt2", "--format", "html"], "choose one of table, json, csv, markdown, latex."
      ),
      (["describe", "gpt2", "--format", "table"], "choose one of tree, json, mermaid, dot, svg."),
      (["compare", "gpt2", "--budget", "lots"], "'lots' is not a number of parameters"),
      (["compare", "gpt2", "--budget", "0"], "'0' is not a number of parameters"),
      (["compare", "gpt2", "--budget", "1M", "--match"], "give one of them."),
      (["compare", "gpt2", "--set", "layers"], "'layers' is not 'name=value'"),
      (["describe", "gpt2", "--list"], "exclude each other"),
      (["match", "gpt2"], "Missing expected argument '--tuner <tuner>'"),
      (["fine-tune"], "Unexpected argument 'fine-tune'"),
    ])
  func commandLine(arguments: [String], words: String) throws {
    let run = try PeftProcess(arguments: arguments)
    #expect(run.status == 64)
    #expect(run.errors.contains(words), "\(run.errors)")
    #expect(run.output.isEmpty)
  }

  @Test("An entry that hits nothing while others do is a warning without --strict")
  func notStrict() throws {
    let run = try PeftProcess("match", "gpt2", "--tuner", "lora:target_modules=[c_attn,c_prj]")
    #expect(run.status == 0)
    #expect(
      run.errors
        == "warning: \"c_prj\" in target_modules hits no module; did you mean \"c_proj\" "
        + "(24 modules)?\n")
  }

  @Test("Unknown fields with a value are let pass only where that is asked for")
  func unknownFields() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("adapter.json", #"{"peft_type": "LORA", "brand_new": 3}"#)
    let refused = try PeftProcess("compare", "gpt2", "--tuner", path)
    #expect(refused.status == 1)
    #expect(refused.errors.contains("lora has no field 'brand_new' (found 3)"))
    #expect(
      try PeftProcess("compare", "gpt2", "--tuner", path, "--allow-unknown-fields").status == 0)
  }

  @Test(
    "A field of a model's configuration that nobody knows can be let pass by every command that reads it",
    arguments: [
      ["describe"], ["compare", "--tuner", "lora"], ["match", "--tuner", "lora"],
      ["plan", "--tuner", "lora", "--sequence", "8"],
      ["run", "--input", "input_ids=ids.npy", "--output", "out.safetensors"],
      ["merge", "--adapter", "adapter", "--output", "merged"],
    ])
  func unknownModelFields(command: [String]) throws {
    let folder = try TemporaryFolder()
    let name = "found/head-only"
    try folder.makeFolder("model")
    for file in ["config.json", "model.safetensors"] {
      try folder.copy(Fixture.path("\(name)/\(file)"), to: "model/\(file)")
    }
    try folder.edit("model/config.json", "{", "{\"brand_new\": 3,")
    let place = "\(folder.path)/model"
    let words = "'brand_new' (3) is not"
    let arguments = [command[0], place] + command.dropFirst()
    let refused = try PeftProcess(arguments: arguments)
    #expect(refused.status == 1)
    #expect(refused.errors.contains("model/config.json:1:2: error: \(words) understood"))
    let allowed = try PeftProcess(arguments: arguments + ["--allow-unknown-fields"])
    #expect(!allowed.errors.contains("understood"))
    if ["describe", "compare", "match", "plan"].contains(command[0]) {
      #expect(allowed.status == 0)
      #expect(allowed.errors.contains("warning: \(place)/config.json:1:2: \(words) known"))
    }
  }
}
