import ModelGraph
import Testing

@testable import TunerKit

@Suite("Target matching") struct TargetMatcherTests {
  /// A Llama with 24 layers, named as Hugging Face names it.
  static let llama = TargetMatcher(
    modules: [Module(path: "model.embed_tokens", kind: .embedding)]
      + (0..<24).flatMap { layer in
        ["q_proj", "k_proj", "v_proj", "o_proj"].map {
          Module(path: "model.layers.\(layer).self_attn.\($0)", kind: .linear)
        } + [
          Module(path: "model.layers.\(layer).mlp.up_proj", kind: .linear),
          Module(path: "model.layers.\(layer).norm", kind: "LlamaRMSNorm"),
        ]
      } + [Module(path: "lm_head", kind: .linear)],
    modelType: "llama", outputEmbedding: "lm_head")

  static let experts = TargetMatcher(
    modules: (0..<3).flatMap { layer in
      (0..<2).map {
        Module(path: "model.layers.\(layer).mlp.experts.\($0).up_proj", kind: .linear)
      }
    })

  private func problem(_ selection: TargetSelection, strict: Bool = false) -> String? {
    do throws(TargetError) {
      _ = try Self.llama.report(for: selection, supporting: [.linear, .conv1D], strict: strict)
      return nil
    } catch {
      return error.description
    }
  }

  @Test("dummy-target-modules means no module, so that modules to save stand alone")
  func nothing() throws {
    let selection = TargetSelection(
      targetModules: "dummy-target-modules", modulesToSave: ["lm_head"])
    let report = try Self.llama.report(for: selection, supporting: [.linear], strict: true)
    #expect(report.matched.isEmpty)
    #expect(report.saved.modules.map(\.path) == ["lm_head"])
    #expect(report.warnings.isEmpty)
    #expect(selection.targetModules?.configurationValue == .text("dummy-target-modules"))
    #expect(problem(TargetSelection(targetModules: ["dummy-target-modules"])) != nil)
    #expect(throws: TargetError.self) {
      try TargetSelection(targetModules: .nothing, layersToTransform: .one(1)).checkLayerSettings()
    }
  }

  @Test("A misspelled entry is answered with the nearest name and how often it occurs")
  func misspelled() {
    let text = problem(TargetSelection(targetModules: .names(["q_prj"])))
    #expect(
      text == """
        no module matches "q_prj"; did you mean "q_proj" (24 modules)?
          fix: name some of the model's linear layers: q_proj (24), k_proj (24), v_proj (24), \
        o_proj (24), up_proj (24), lm_head (1)
        """)
  }

  @Test(
    "The usual mistakes in an entry are recognised",
    arguments: [
      (
        ".*q_proj",
        "looks like a regular expression, but a list holds plain names;"
          + " write it alone, outside the list (24 modules)"
      ),
      (
        "q_proj,v_proj",
        "looks like several names in one string; write [\"q_proj\", \"v_proj\"] (48 modules)"
      ),
      ("[q_proj]", "write \"q_proj\" (24 modules)"),
      ("['q_proj', 'v_proj']", "write [\"q_proj\", \"v_proj\"] (48 modules)"),
      ("base_model.model.lm_head", "write \"lm_head\" (1 module)"),
      ("self_attn.q_prj", "did you mean \"self_attn.q_proj\" (24 modules)?"),
    ])
  func usualMistakes(entry: String, hint: String) {
    let text = problem(TargetSelection(targetModules: .names([entry])))
    #expect(text?.contains(hint) == true, "\(text ?? "")")
  }

  @Test("A name given as a pattern is answered with a list")
  func nameAsPattern() {
    let text = problem(TargetSelection(targetModules: .pattern("q_proj")))
    #expect(text?.contains("write a list with this name (24 modules)") == true)
  }

  @Test("Every entry is reported with its hits, and strictness refuses one without any")
  func entries() throws {
    let selection = TargetSelection(targetModules: .names(["q_proj", "FAKE", "o_porj"]))
    let report = try Self.llama.report(for: selection)
    #expect(report.entries.map(\.count) == [24, 0, 0])
    #expect(
      report.warnings.map(\.description) == [
        "\"FAKE\" in target_modules hits no module; correct it, or remove it",
        "\"o_porj\" in target_modules hits no module; did you mean \"o_proj\" (24 modules)?",
      ])
    #expect(problem(selection, strict: true)?.contains("no module matches \"FAKE\"") == true)
  }

  @Test("An entry lost to the layer filter is told so")
  func lostToLayers() throws {
    let report = try Self.llama.report(
      for: TargetSelection(
        targetModules: .names(["q_proj", "embed_tokens"]), layersToTransform: .one(3)))
    #expect(report.matched.map(\.path) == ["model.layers.3.self_attn.q_proj"])
    #expect(report.unmatched.contains { $0.reason == .wrongLayer(4) })
    #expect(
      report.warnings.map(\.description) == [
        "\"embed_tokens\" in target_modules hits no module; model.embed_tokens is outside the"
          + " layers among which layers_to_transform chooses"
      ])
  }

  @Test("When layers alone decide, the message says which layers hold the targets")
  func otherLayers() {
    let selection = TargetSelection(
      targetModules: .names(["q_proj"]), layersToTransform: .many([40, 41]))
    #expect(
      problem(selection) == """
        layers_to_transform chooses [40, 41], but the targets are in layers 0–23
          fix: choose among layers 0–23
        """)
    let noNumber = TargetSelection(
      targetModules: .names(["q_proj"]), layersToTransform: .one(0), layersPattern: ["blocks"])
    #expect(
      problem(noNumber)?.contains(
        "layers_pattern [\"blocks\"] finds no layer's number in model.layers.0.self_attn.q_proj")
        == true)
  }

  @Test("The layer's number is the first one, not the expert's")
  func expertsAreNotLayers() throws {
    let report = try Self.experts.report(
      for: TargetSelection(targetModules: .names(["up_proj"]), layersToTransform: .many([1])))
    #expect(
      report.matched.map(\.path) == [
        "model.layers.1.mlp.experts.0.up_proj", "model.layers.1.mlp.experts.1.up_proj",
      ])
  }

  @Test(
    "A layer's number needs two components before it and one after it",
    arguments: [
      ("model.layers.3.q", 3), ("layers.3.q", nil), ("model.layers.3", nil), ("a.b.c.07.d", 7),
      ("model.layers.1.mlp.experts.0.up", 1), ("0.1.2.3", 2), ("a.b.3x.4.c", 4), ("", nil),
      ("a.b.99999999999999999999.c", .max - 9), ("a.b.٣.c", 3),
    ] as [(String, Int?)])
  func firstNumber(path: String, number: Int?) {
    #expect(LayerFilter.firstNumber(in: path) == number)
  }

  @Test("all-linear takes linear layers but the output embedding, and saves names")
  func allLinear() throws {
    let report = try Self.llama.report(for: TargetSelection(targetModules: .init("All-Linear")))
    #expect(report.matched.count == 120)
    #expect(
      report.resolvedTargets == .names(["k_proj", "o_proj", "q_proj", "up_proj", "v_proj"]))
    #expect(report.unmatched.first { $0.module.path == "lm_head" }?.reason == .isOutputEmbedding)
    #expect(report.unmatched.first?.reason == .isNotLinear)
  }

  @Test("all-linear with chosen layers is refused")
  func allLinearWithLayers() {
    let selection = TargetSelection(targetModules: .allLinear, layersToTransform: .many([0]))
    #expect(problem(selection)?.hasPrefix("layers_to_transform cannot be used") == true)
  }

  @Test("A pattern ignores layer settings, with a warning")
  func patternIgnoresLayers() throws {
    let report = try Self.llama.report(
      for: TargetSelection(
        targetModules: .pattern(#".*\.q_proj"#), layersToTransform: .many([0]),
        layersPattern: ["layers"]))
    #expect(report.matched.count == 24)
    #expect(
      report.warnings == [
        .layersIgnoredByPattern(setting: "layers_to_transform"),
        .layersIgnoredByPattern(setting: "layers_pattern"),
      ])
  }

  @Test("A full path goes past the layer filter, with a warning")
  func fullPath() throws {
    let path = "model.layers.5.self_attn.q_proj"
    let report = try Self.llama.report(
      for: TargetSelection(targetModules: .names([path, "k_proj"]), layersToTransform: .one(0)))
    #expect(report.matched.count == 2)
    #expect(report.warnings == [.layersIgnoredByFullPath([path])])
  }

  @Test(
    "LoRA's rules about layer settings",
    arguments: [
      (TargetSelection(targetModules: .pattern("a"), layersToTransform: .many([])), true),
      (TargetSelection(targetModules: .pattern("a"), layersPattern: []), true),
      (TargetSelection(targetModules: .allLinear, layersToTransform: .one(0)), true),
      (TargetSelection(targetModules: .names(["a"]), layersPattern: ["h"]), true),
      (TargetSelection(targetModules: .names(["a"]), layersPattern: []), false),
      (TargetSelection(targetModules: .names(["a"]), layersToTransform: .one(0)), false),
      (TargetSelection(layersToTransform: .many([1]), layersPattern: ["h"]), false),
    ])
  func layerRules(selection: TargetSelection, isRefused: Bool) {
    let isAccepted = (try? selection.checkLayerSettings()) != nil
    #expect(isAccepted != isRefused)
  }

  @Test("Modules that cannot be adapted are all named")
  func unsupported() {
    let text = problem(TargetSelection(targetModules: .names(["embed_tokens", "q_proj", "norm"])))
    #expect(text?.hasPrefix("model.embed_tokens (Embedding), model.layers.0.norm") == true)
    #expect(text?.contains("and 17 more cannot be adapted") == true)
    #expect(text?.contains("target only Conv1D, Linear") == true)
  }

  @Test("Without targets an unknown type of model is answered with its linear layers")
  func noDefaults() {
    let matcher = TargetMatcher(modules: Self.llama.modules, modelType: "phi3")
    let error = #expect(throws: TargetError.self) { try matcher.report(for: TargetSelection()) }
    #expect(
      error?.description == """
        no target_modules are given and "phi3" models have no defaults
          fix: name some of the model's linear layers in target_modules, q_proj (24), k_proj (24), \
        v_proj (24), o_proj (24), up_proj (24), lm_head (1), or all-linear
        """)
  }

  @Test("What is excluded is told with the entry that did it")
  func exclusions() throws {
    let report = try Self.llama.report(
      for: TargetSelection(
        targetModules: .names(["q_proj"]), excludeModules: .names(["layers.0.self_attn.q_proj"]),
        modulesToSave: ["embed_tokens"]))
    #expect(
      report.excluded.map(\.reason) == [
        .insideSavedModule(entry: "embed_tokens"),
        .excludedByName(entry: "layers.0.self_attn.q_proj"),
      ])
    #expect(report.warnings.isEmpty)
    #expect(
      problem(TargetSelection(targetModules: .names(["q_proj"]), excludeModules: .pattern(".*")))?
        .hasPrefix("every module is excluded; model.embed_tokens, for one, is excluded by") == true)
    #expect(
      problem(
        TargetSelection(targetModules: .names(["q_proj"]), excludeModules: .names(["q_proj"])))?
        .contains("model.layers.0.self_attn.q_proj is excluded by \"q_proj\"") == true)
  }

  @Test("An exclusion without effect is warned of")
  func unusedExclusion() throws {
    let report = try Self.llama.report(
      for: TargetSelection(
        targetModules: .names(["q_proj"]), excludeModules: .names(["lm_haed"])))
    #expect(
      report.warnings.map(\.description) == [
        "\"lm_haed\" in exclude_modules excludes nothing; did you mean \"lm_head\" (1 module)?"
      ])
  }

  @Test("A pattern that gives up is an error that names the setting")
  func hostilePattern() {
    let long = Module(path: String(repeating: "a", count: 200) + "!", kind: .linear)
    let error = #expect(throws: TargetError.self) {
      try TargetMatcher(modules: [long]).report(
        for: TargetSelection(targetModules: .pattern("(a+)+$")))
    }
    #expect(error?.problem.contains("target_modules: the regular expression") == true)
    #expect(error?.problem.contains("gives up") == true)
  }

  @Test("Modules that a fused kernel passes by are refused")
  func fusedKernels() {
    let matcher = TargetMatcher(
      modules: [Module(path: "backbone.layers.0.mixer.out_proj", kind: .linear)],
      modelType: "mamba")
    let error = #expect(throws: TargetError.self) {
      try matcher.report(for: TargetSelection(targetModules: .allLinear))
    }
    #expect(error?.problem.contains("is never run in a mamba model") == true)
  }
}
