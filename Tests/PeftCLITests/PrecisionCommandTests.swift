import PeftTestSupport
import Testing

@Suite("--precision") struct PrecisionCommandTests {
  @Test("A training in bfloat16 that is stopped and goes on has the bytes of one that is not")
  func resumed() throws {
    let folder = try TemporaryFolder.withTokens()
    let whole = try folder.recipe(
      "whole.yaml", ["precision": "bf16", "output": folder.path("whole")])
    #expect(try PeftProcess("train", whole).status == 0)
    let first = try folder.recipe("first.yaml", ["precision": "bf16", "steps": "3"])
    #expect(try PeftProcess("train", first).status == 0)
    try folder.edit("run/recipe.yaml", "steps: 3", "steps: 6")
    #expect(try folder.text("run/recipe.yaml").contains("precision: bf16"))
    #expect(try PeftProcess("train", "--resume", folder.path("run")).status == 0)
    #expect(
      try folder.bytes("run/last/adapter_model.safetensors")
        == folder.bytes("whole/last/adapter_model.safetensors"))
    let exact = try folder.recipe("exact.yaml", ["output": folder.path("exact")])
    #expect(try PeftProcess("train", exact).status == 0)
    #expect(
      try folder.bytes("exact/last/adapter_model.safetensors")
        != folder.bytes("whole/last/adapter_model.safetensors"))
  }

  @Test("A run does not go on in another precision")
  func otherPrecision() throws {
    let folder = try TemporaryFolder.withTokens()
    #expect(try PeftProcess("train", folder.recipe()).status == 0)
    try folder.edit("run/recipe.yaml", "precision: f32", "precision: bf16")
    let resumed = try PeftProcess("train", "--resume", folder.path("run"))
    #expect(resumed.status == 1)
    #expect(resumed.errors.contains("is not what it was when the run was saved, in precision"))
  }

  @Test(
    "Without instructions for it, every command says what it costs",
    arguments: ["AVX2", "AVX512_CORE"])
  func slow(processor: String) throws {
    let folder = try TemporaryFolder.withTokens()
    let recipe = try folder.recipe("recipe.yaml", ["precision": "bf16"])
    // The processor, or a build without oneDNN.
    let words = /warning: this .+ has no products of bfloat16: they are computed from rounded/
    let limit = ["ONEDNN_MAX_CPU_ISA": processor]
    let trained = try PeftProcess("train", recipe, environment: limit)
    #expect(trained.status == 0)
    #expect(trained.errors.contains(words), "\(trained.errors)")
    let planned = try PeftProcess(
      "plan", "gpt2", "--tuner", "lora", "--precision", "bf16", environment: limit)
    #expect(planned.errors.contains(words), "\(planned.errors)")
    let exact = try PeftProcess("plan", "gpt2", "--tuner", "lora", environment: limit)
    #expect(!exact.errors.contains(words))
  }

  @Test("A run that goes on with other kernels says so")
  func otherKernels() throws {
    let folder = try TemporaryFolder.withTokens()
    #expect(try PeftProcess("train", folder.recipe()).status == 0)
    try folder.edit("run/recipe.yaml", "steps: 6", "steps: 9")
    // One of them is the library of this build.
    let limit = ["ONEDNN_MAX_CPU_ISA": "SSE41", "OPENBLAS_CORETYPE": "Nehalem"]
    let resumed = try PeftProcess("train", "--resume", folder.path("run"), environment: limit)
    #expect(resumed.status == 0)
    #expect(resumed.errors.contains("computed with other kernels"), "\(resumed.errors)")
    try folder.edit("run/recipe.yaml", "steps: 9", "steps: 12")
    let again = try PeftProcess("train", "--resume", folder.path("run"), environment: limit)
    #expect(!again.errors.contains("computed with other kernels"), "\(again.errors)")
  }

  @Test("Other words are refused, with those that there are")
  func unknown() throws {
    let plan = try PeftProcess("plan", "gpt2", "--precision", "fp16")
    #expect(plan.status == 64)
    #expect(plan.errors.contains("'fp16' is no precision; choose f32 or bf16."), "\(plan.errors)")
    let folder = try TemporaryFolder.withTokens()
    let train = try PeftProcess("train", folder.recipe("r.yaml", ["precision": "half"]))
    #expect(train.status == 1)
    #expect(train.errors.contains("precision must be f32, bf16"), "\(train.errors)")
  }

  @Test("A plan in bfloat16 takes less working memory, and half for weights that products read")
  func plan() throws {
    func bytes(_ precision: String) throws -> (working: Int, model: Int) {
      let plan = try PeftProcess(
        "plan", "gpt2", "--tuner", "lora", "--batch", "2", "--sequence", "128", "--precision",
        precision, "--format", "json")
      let rows = try #require(plan.json as? [[String: Any]])
      return (
        try #require(rows.first?["working_bytes"] as? Int),
        try #require(rows.first?["model_bytes"] as? Int)
      )
    }
    let (half, whole) = (try bytes("bf16"), try bytes("f32"))
    #expect(half.working < whole.working)
    #expect(whole.model == 4 * 124_439_808)
    // Positions, norms and biases are not rounded.
    let others = 4 * (1_024 * 768 + 12 * (4 * 768 + 2_304 + 768 + 3_072 + 768) + 2 * 768)
    #expect(half.model == (whole.model - others) / 2 + others)
  }
}
