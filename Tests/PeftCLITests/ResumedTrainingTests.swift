import PeftBasics
import PeftTestSupport
import Testing

@Suite("Going on with a training") struct ResumedTrainingTests {
  private let folder: TemporaryFolder

  init() throws { folder = try .withTokens() }

  private func resume() throws -> PeftProcess {
    try PeftProcess("train", "--resume", folder.path("run"))
  }

  @Test(
    "A run that is finished goes on where its recipe has more steps, as if it had had them at once")
  func moreSteps() throws {
    #expect(try PeftProcess("train", folder.recipe()).status == 0)
    try folder.edit("run/recipe.yaml", "steps: 6", "steps: 9")
    let resumed = try resume()
    #expect(resumed.status == 0, "\(resumed.errors)")
    let whole = try folder.recipe("whole.yaml", ["steps": "9", "output": "\(folder.path)/whole"])
    #expect(try PeftProcess("train", whole).status == 0)
    let losses = { (run: String) in
      try folder.losses(of: run).filter { !$0.contains("eval_loss") }
    }
    #expect(try losses("run") == losses("whole"))
    #expect(
      try folder.bytes("run/last/adapter_model.safetensors")
        == folder.bytes("whole/last/adapter_model.safetensors"))
  }

  @Test(
    "A recipe that has changed in what steps depend on is refused",
    arguments: [
      ("batch_size: 2", "batch_size: 1", "batch_size"), ("seed: 0", "seed: 1", "seed"),
      ("r: 2", "r: 4", "tuner or adapter"), ("packed: false", "packed: true", "data.packed"),
      ("learning_rate: 0.001", "learning_rate: 0.002", "optimizer"),
    ])
  func otherRecipe(old: String, new: String, field: String) throws {
    #expect(try PeftProcess("train", folder.recipe()).status == 0)
    try folder.edit("run/recipe.yaml", old, new)
    let resumed = try resume()
    #expect(resumed.status == 1)
    #expect(
      resumed.errors == """
        error: \(folder.path)/run/recipe.yaml is not what it was when the run was saved, in \(field)
          fix: write there what \(folder.path)/run/state/recipe.yaml has, or begin another run

        """)
  }

  @Test(
    "Numbers of a state that cannot be are refused",
    arguments: [
      ("\"step\" : 6", "\"step\" : 5", "its step and its place in the data differ"),
      ("\"step\" : 6", "\"step\" : -6", "it has counts below their least"),
      ("\"step\" : 6", "\"step\" : 0", "it has counts below their least"),
      ("\"step\" : 6", "\"step\" : 4611686018427387904", "its step and its place"),
      ("\"step\" : 6", "\"step\" : \"six\"", "it is damaged"),
      ("\"format\" : 1", "\"format\" : 2", "another version wrote it"),
      ("\"epoch\" : 0", "\"epoch\" : 9223372036854775807", "its step and its place"),
      ("\"row\" : 12", "\"row\" : 9223372036854775807", "its step and its place"),
      ("\"rowCount\" : 125", "\"rowCount\" : 124", "not the one that the run began with"),
      ("\"token\" : 0", "\"token\" : 77", "its step and its place"),
      ("\"seconds\" : ", "\"seconds\" : -", "it has counts below their least"),
    ])
  func otherNumbers(old: String, new: String, words: String) throws {
    #expect(try PeftProcess("train", folder.recipe()).status == 0)
    try folder.edit("run/recipe.yaml", "steps: 6", "steps: 9")
    try folder.edit("run/state/training_state.json", old, new)
    let resumed = try resume()
    #expect(resumed.status == 1)
    #expect(resumed.errors.contains(words), "\(resumed.errors)")
  }

  @Test(
    "A run that becomes longer says so where its learning rates depend on its length",
    arguments: [
      ("constant", false), ("linear", true), ("{constant: {warmup_ratio: 0.5}}", true),
      ("{constant: {warmup_steps: 2}}", false), ("{cosine: {warmup_steps: 2}}", true),
    ])
  func longer(schedule: String, isWarned: Bool) throws {
    #expect(try PeftProcess("train", folder.recipe("a.yaml", ["schedule": schedule])).status == 0)
    try folder.edit("run/recipe.yaml", "steps: 6", "steps: 9")
    let resumed = try resume()
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(
      resumed.errors.contains("warning: the run has another length: from here on") == isWarned)
  }

  @Test("A state without its recipe is refused")
  func noRecipe() throws {
    #expect(try PeftProcess("train", folder.recipe()).status == 0)
    try folder.remove("run/state/recipe.yaml")
    #expect(try resume().errors.contains("run/state cannot be read: it has no recipe"))
  }

  @Test("A log that has become shorter is gone on with, and said to be")
  func shorterLog() throws {
    #expect(try PeftProcess("train", folder.recipe()).status == 0)
    try folder.edit("run/recipe.yaml", "steps: 6", "steps: 7")
    try folder.edit("run/state/training_state.json", "\"logBytes\" : ", "\"logBytes\" : 99")
    let resumed = try resume()
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(resumed.errors.contains("log.jsonl is shorter than when the run was saved"))
  }
}
