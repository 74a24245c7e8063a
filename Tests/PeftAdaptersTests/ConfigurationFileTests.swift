import Peft
import PeftBasics
import PeftTestSupport
import Testing

@Suite("A tuner's configuration in a file") struct ConfigurationFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func request(
    _ text: String, as name: String = "adapter_config.json", allowsUnknown: Bool = false
  ) throws -> TunerRequest {
    try TunerRequest(folder.file(name, text), allowsUnknown: allowsUnknown)
  }

  private func error(_ text: String, as name: String = "adapter_config.json") -> String? {
    folder.message { _ = try request(text, as: name) }
  }

  @Test("peft_type names the tuner, other fields are its settings")
  func json() throws {
    let values = try request(
      #"{"peft_type": "RANDLORA", "r": 8, "target_modules": ["q_proj"], "sparse": true}"#
    ).values()
    #expect(values["peft_type"] == .text("RANDLORA"))
    #expect(values["r"] == .integer(8))
    #expect(values["sparse"] == .bool(true))
  }

  @Test("YAML may have the tuner's name as its only key")
  func yaml() throws {
    let values = try request("lora:\n  r: 4\n  target_modules: all-linear\n", as: "t.yaml").values()
    #expect(values["r"] == .integer(4))
    #expect(values["target_modules"] == .text("all-linear"))
  }

  @Test("An adapter's folder stands for the configuration in it")
  func adapterFolder() throws {
    try folder.file("adapter_config.json", #"{"peft_type": "LORA", "r": 3}"#)
    #expect(try TunerRequest(folder.path).values()["r"] == .integer(3))
    #expect(try TunerRequest(folder.path + "/").values()["r"] == .integer(3))
  }

  @Test("A newer version's field without a value passes in silence")
  func unknownNeutral() throws {
    let text = #"{"peft_type": "LORA", "new": null, "b": false, "c": [], "d": {}, "e": ""}"#
    #expect(try request(text).values() == TunerRequest("lora").values())
  }

  @Test("A newer version's field with a value is refused by name, unless told otherwise")
  func unknownWithValue() throws {
    let text = "{\n  \"peft_type\": \"LORA\",\n  \"eva_conf\": {\"rho\": 2}\n}"
    #expect(
      error(text) == """
        adapter_config.json:3:3: lora has no field 'eva_conf' (found {"rho": 2})
            3 |   "eva_conf": {"rho": 2}
              |   ^~~~~~~~~~
          fix: did you mean 'eva_config'?
        """)
    #expect(try request(text, allowsUnknown: true).values() == TunerRequest("lora").values())
  }

  @Test("Wrong kinds and values are all reported, each with its place")
  func wrongKinds() {
    #expect(
      error("peft_type: LORA\nr: \"16\"\nlora_dropout: 1.5\n", as: "t.yaml") == """
        t.yaml:2:4: r must be a whole number, not "16"
            2 | r: "16"
              |    ^~~~
          fix: give r a whole number
        t.yaml:3:15: lora_dropout must be from 0 up to but not including 1, not 1.5
            3 | lora_dropout: 1.5
              |               ^~~
          fix: choose a value for lora_dropout that is from 0 up to but not including 1
        """)
  }

  @Test("A model's config.json is recognised")
  func modelConfiguration() {
    let text = error(#"{"model_type": "gpt2", "n_embd": 768}"#, as: "config.json")
    #expect(text?.contains("this is a model's configuration, not an adapter's") == true)
    #expect(text?.contains("fix: choose the adapter_config.json in the adapter's folder") == true)
  }

  @Test("A file that names no tuner, an unknown one, or is no map, is refused")
  func noTuner() {
    #expect(
      error(#"{"r": 8, "lora_alpha": 2}"#)?.contains("fix: add peft_type: one of LORA, RANDLORA")
        == true)
    #expect(
      error(#"{"peft_type": "VERA", "r": 8}"#)?.hasPrefix(
        "adapter_config.json:1:15: PEFT's method VERA is not supported") == true)
    #expect(
      error(#"{"peft_type": "VERA", "r": 8}"#)?.contains(
        "fix: choose one of lora, randlora; an adapter that was trained with it can be merged by PEFT"
      )
        == true)
    #expect(
      error("[1, 2]")?.hasPrefix(
        "adapter_config.json:1:1: a tuner's configuration is a map of fields, not a list")
        == true)
  }

  @Test("A file that is not there, or a folder without a configuration, is said so")
  func missing() {
    #expect(
      message { _ = try TunerRequest("nowhere/adapter_config.json") } == """
        nowhere/adapter_config.json: there is no such file
          fix: check the path
        """)
    #expect(
      message { _ = try TunerRequest(folder.path) } == """
        \(folder.path)/adapter_config.json: there is no such file
          fix: check the path
        """)
  }
}
