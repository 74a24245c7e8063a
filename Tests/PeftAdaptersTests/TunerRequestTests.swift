import Peft
import PeftTestSupport
import Testing

@Suite("A tuner as a text") struct TunerRequestTests {
  @Test("A name alone has every setting at its default")
  func name() throws {
    #expect(try TunerRequest("lora").values() == TunerRequest("LoRA:").values())
    #expect(try TunerRequest("randlora").values()["r"] == .integer(32))
  }

  @Test("Settings are read as YAML, spaces around them do not matter")
  func settings() throws {
    let text = "lora: r=16, lora_alpha = 32,target_modules=[q_proj, 'v,proj'],use_rslora=true"
    let values = try TunerRequest(text).values()
    #expect(values["r"] == .integer(16))
    #expect(values["lora_alpha"] == .integer(32))
    #expect(values["target_modules"] == .list([.text("q_proj"), .text("v,proj")]))
    #expect(values["use_rslora"] == .bool(true))
  }

  @Test("Alternatives make every combination, the last setting's changing fastest")
  func sweep() throws {
    let request = try TunerRequest("lora:r=8|16,lora_alpha=1|2|3")
    #expect(
      request.variants.map { "\($0.values["r"] ?? .null) \($0.values["lora_alpha"] ?? .null)" }
        == ["8 1", "8 2", "8 3", "16 1", "16 2", "16 3"])
  }

  @Test("Separators inside brackets and quotes do not separate")
  func nesting() throws {
    let values = try TunerRequest(#"lora:rank_pattern={"a|b": 4, 'c,d': 8},r=2"#).values()
    #expect(values["rank_pattern"] == .map(["a|b": .integer(4), "c,d": .integer(8)]))
    let lists = try TunerRequest("lora:target_modules=[a,b]|[c]")
    #expect(lists.variants.count == 2)
  }

  @Test(
    "Regular expressions keep their bars and commas",
    arguments: [
      (#".*\.(q|v)_proj"#, #".*\.(q|v)_proj"#), (#"'.*q|.*v'"#, ".*q|.*v"),
      (#"'[^.]*\.{1,2}x'"#, #"[^.]*\.{1,2}x"#),
      (#"h\.(1|2)\.[a-z]{1,3}"#, #"h\.(1|2)\.[a-z]{1,3}"#),
    ])
  func patterns(written: String, read: String) throws {
    let values = try TunerRequest("lora:target_modules=\(written)").values()
    #expect(values["target_modules"] == .text(read))
  }

  @Test(
    "What is not understood is named, with the way to write it",
    arguments: [
      ("lora:r", "'r' is not 'field=value'"), ("lora:=3", "'=3' is not 'field=value'"),
      ("lora:r=1,r=2", "'r' is given twice"),
      ("lora:target_modules=[a", "']' is missing at the end of 'target_modules=[a'"),
      ("lora:target_modules='a", "''' is missing at the end of 'target_modules='a'"),
      ("lora:target_modules=(a", "')' is missing at the end of 'target_modules=(a'"),
      ("lora:target_modules=*a", "'*a' is not a value: no anchor '&a' comes before this alias"),
    ])
  func syntax(text: String, problem: String) {
    #expect(
      message { _ = try TunerRequest(text) } == """
        '\(text)': \(problem)
          fix: write it as 'lora:r=16,target_modules=[q_proj,v_proj]'
        """)
  }

  @Test("Too many alternatives are refused before they are made")
  func tooMany() {
    let ten = (1...10).map(String.init).joined(separator: "|")
    let text = "lora:r=\(ten),lora_alpha=\(ten),lora_dropout=0|0.1,projection=\(ten)"
    #expect(
      message { _ = try TunerRequest(text) } == """
        '\(text)' stands for 2000 settings, more than 1000
          fix: leave out some alternatives
        """)
  }

  @Test("Every wrong field is reported, with the value and what would be right")
  func badSettings() {
    #expect(
      message { _ = try TunerRequest("lora:r=0,lora_dropout=1,alpha=2,use_qalora=true") } == """
        'lora:r=0,lora_dropout=1,alpha=2,use_qalora=true': r must be at least 1, not 0
          fix: choose a value for r that is at least 1
        'lora:r=0,lora_dropout=1,alpha=2,use_qalora=true': lora_dropout must be from 0 up to but not \
        including 1, not 1
          fix: choose a value for lora_dropout that is from 0 up to but not including 1
        'lora:r=0,lora_dropout=1,alpha=2,use_qalora=true': lora has no field 'alpha' (found 2)
          fix: did you mean 'lora_alpha'?
        'lora:r=0,lora_dropout=1,alpha=2,use_qalora=true': use_qalora: true is not supported
          fix: leave use_qalora at false
        """)
  }

  @Test("An unknown tuner gets the nearest name, or all of them")
  func unknownTuner() {
    #expect(
      message { _ = try TunerRequest("lroa:r=3") }
        == "no tuner is called 'lroa'\n  fix: did you mean 'lora'?")
    #expect(
      message { _ = try TunerRequest("prefix-tuning") }
        == "no tuner is called 'prefix-tuning'\n  fix: choose one of lora, randlora")
  }

  @Test("Where one setting is needed, alternatives are refused")
  func single() throws {
    let request = try TunerRequest("lora:r=1|2")
    #expect(throws: TunerRequestError.severalVariants("lora:r=1|2", count: 2)) {
      try request.single()
    }
  }

  @Test("A row's settings can be given again as they are printed")
  func roundTrip() throws {
    let text = #"lora:r=4,lora_alpha=2.5,rank_pattern={"c_attn": 2},target_modules=[c_attn,c_fc]"#
    let row = try Comparison([ModelDescription("gpt2").graph()], [TunerRequest(text)]).rows[0]
    #expect("lora:\(row.settingsText)" == text)
    let pattern = #"lora:r=8,target_modules=".*\\.(c_attn|c_fc)""#
    let other = try Comparison([ModelDescription("gpt2").graph()], [TunerRequest(pattern)]).rows[0]
    #expect("lora:\(other.settingsText)" == pattern)
  }
}
