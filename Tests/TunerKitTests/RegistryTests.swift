import Testing

@testable import TunerKit

@Suite("The registry of tuners") struct RegistryTests {
  @Test("Tuners are found by name, whatever its case, in the order of registration")
  func found() throws {
    var registry = TunerRegistry()
    #expect(registry.names == [])
    try registry.register(SampleTuner.self)
    #expect(registry.names == ["SAMPLE"])
    #expect(registry.all.count == 1)
    #expect(try registry.tuner(named: "sAmPlE") == SampleTuner.self)
  }

  @Test("A name is taken once, and an unknown one is met with those that are known")
  func refused() throws {
    var registry = TunerRegistry()
    try registry.register(SampleTuner.self)
    #expect(throws: TunerRegistryError.duplicate("SAMPLE")) {
      try registry.register(SampleTuner.self)
    }
    #expect(registry.names == ["SAMPLE"])
    let slip = #expect(throws: TunerRegistryError.self) { try registry.tuner(named: "smaple") }
    #expect(slip?.description == "no tuner is called 'smaple'\n  fix: did you mean 'sample'?")
    let other = #expect(throws: TunerRegistryError.self) { try registry.tuner(named: "") }
    #expect(other?.description == "no tuner is called ''\n  fix: choose one of sample")
    for name in ["VERA", "sample_tuning", "LN_TUNING", "bone"] {
      let error = #expect(throws: TunerRegistryError.self) { try registry.tuner(named: name) }
      #expect(
        error?.problem
          == (name == "sample_tuning"
            ? "no tuner is called 'sample_tuning'" : "PEFT's method \(name) is not supported"))
      #expect(error?.fix?.hasPrefix("choose one of sample") == true)
    }
    #expect(TunerRegistryError.duplicate("X").description.contains("'X'"))
  }
}
