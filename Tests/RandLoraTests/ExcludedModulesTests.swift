import ModelDescription
import RandLora
import Testing
import TunerKit

@Suite("Modules that are left out, for a tuner whose file cannot say so")
struct ExcludedModulesTests {
  @Test("They are left out, and the file names those that are left")
  func saved() throws {
    let graph = try ModelDescription("gpt2").graph()
    var configuration = RandLoraConfig()
    configuration.options.targets = TargetSelection(
      targetModules: ["c_attn", "c_proj"], excludeModules: .pattern(#".*\.(1?\d)\.mlp\..*"#),
      layersToTransform: .many([0, 1, 2]))
    let adapter = try Adapter(configuration, for: graph)
    let paths = adapter.match.matched.map(\.path)
    #expect(paths.count == 6 && paths.allSatisfy { $0.contains(".attn.") })
    let values = adapter.configuration.values
    #expect(values["exclude_modules"] == nil)
    #expect(values["layers_to_transform"] == .null)
    // What was asked for can be said again.
    #expect(configuration.changedValues["exclude_modules"] != nil)
    #expect(try RandLoraConfig(configuration.changedValues) == configuration)
    let again = try Adapter(RandLoraConfig(values), for: graph)
    #expect(again.match.matched.map(\.path) == paths)
  }

  @Test("Without them, the file has no such field, as PEFT's")
  func absent() {
    #expect(RandLoraConfig().values["exclude_modules"] == nil)
  }
}
