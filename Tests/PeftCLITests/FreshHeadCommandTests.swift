import Foundation
import Peft
import PeftBasics
import PeftTestSupport
import Testing

@Suite("Commands on a checkpoint without a head") struct FreshHeadCommandTests {
  private let folder: TemporaryFolder

  /// A classifier's folder whose weights are those of the same sizes without its head.
  init() throws {
    folder = try .withTokens()
    let source = "checkpoints/bert-classifier"
    try folder.file("model/config.json", Fixture.bytes("\(source)/config.json"))
    let file = try SafetensorsFile(path: Fixture.path("\(source)/model.safetensors"))
    let body = file.names.filter { !$0.hasPrefix("classifier.") }
    try SafetensorsWriter.write(
      Dictionary(uniqueKeysWithValues: body.map { ($0, file.tensor($0)!) }),
      to: folder.path("model/model.safetensors"))
    let ids = Tensor((0..<72).map { 3 + $0 * 7 % 50 }, shape: [8, 9])
    let labels = Tensor((0..<8).map { $0 % 5 }, shape: [8])
    try SafetensorsWriter.write(
      ["input_ids": ids, "labels": labels], to: folder.path("train.safetensors"))
    try SafetensorsWriter.write(["input_ids": ids], to: folder.path("in.safetensors"))
  }

  private static let saving = "lora:r=2,target_modules=[query],modules_to_save=[classifier]"
  private static let notSaving = "lora:r=2,target_modules=[query]"
  private static let warning =
    "warning: the checkpoint lacks classifier: initialised at random\n"

  private func path(_ name: String) -> String { folder.path(name) }

  private var refusal: String {
    """
    \(path("model")): error: these are not the weights of 'model'
      not in the files (2):
        classifier.weight [5, 36]
        classifier.bias [5]
      fix: write modules_to_save: [classifier] in the tuner to train one initialised at random, \
    or give an adapter that has it

    """
  }

  private func train(_ tuner: String) throws -> PeftProcess {
    try PeftProcess(
      "train", "--model", path("model"), "--tuner", tuner, "--data", path("train.safetensors"),
      "--batch-size", "4", "--steps", "3", "--output", path("run"))
  }

  private func run(_ model: String, _ arguments: String..., output: String) throws -> PeftProcess {
    try PeftProcess(
      arguments: ["run", path(model), "--input", path("in.safetensors"), "--output", path(output)]
        + arguments)
  }

  @Test("Training says that the head is new, or how to have one")
  func train() throws {
    let refused = try train(Self.notSaving)
    #expect(refused.status == 1)
    #expect(refused.errors == refusal)
    #expect(!folder.exists("run"))
    let run = try train(Self.saving)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.hasPrefix(Self.warning + "training 473 parameters, 3 steps\n"))
  }

  @Test("The adapter's head is enough to run, to merge and to convert")
  func adapter() throws {
    #expect(try train(Self.saving).status == 0)
    let alone = try run("model", output: "alone.safetensors")
    #expect(alone.status == 1)
    #expect(alone.errors == refusal)
    let adapter = path("run/last")
    let adapted = try run("model", "--adapter", adapter, output: "adapted.safetensors")
    #expect(adapted.errors == "wrote \(path("adapted.safetensors")): logits [8, 5]\n")
    let merge = try PeftProcess(
      "merge", path("model"), "--adapter", adapter, "--output", path("merged"))
    #expect(merge.status == 0, "\(merge.errors)")
    #expect(merge.errors.hasPrefix("wrote \(path("merged")): 4 tensors changed\n"))
    #expect(try run("merged", output: "merged.safetensors").status == 0)
    let logits = try ["adapted", "merged"].map { name in
      try ["logits": #require(SafetensorsFile(path: path("\(name).safetensors")).tensor("logits"))]
    }
    #expect(OutputDifference(logits[0], logits[1]).relative < 1e-5)
    let converted = try PeftProcess(
      "adapter", "convert", adapter, "--model", path("model"), "--to", "full", "--output",
      path("full.safetensors"))
    #expect(converted.status == 0, "\(converted.errors)")
    #expect(
      try SafetensorsFile(path: path("full.safetensors")).names.contains("classifier.weight"))
  }

  @Test("A head that neither model nor adapter has is refused where it is needed")
  func lackingAdapter() throws {
    #expect(try train(Self.saving).status == 0)
    let tensors = path("run/last/adapter_model.safetensors")
    let file = try SafetensorsFile(path: tensors)
    let kept = file.names.filter { !$0.contains("classifier") }
    try SafetensorsWriter.write(
      Dictionary(uniqueKeysWithValues: kept.map { ($0, file.tensor($0)!) }), to: tensors)
    let strict = try run("model", "--adapter", path("run/last"), output: "out.safetensors")
    #expect(strict.status == 1)
    #expect(strict.errors.contains("2 tensors do not fit\n  missing (2):"))
    let lenient = try run(
      "model", "--adapter", path("run/last"), "--lenient", output: "out.safetensors")
    #expect(lenient.status == 1)
    #expect(lenient.errors.contains(/error: classifier\.[\w.]+ has no weights\n/))
  }

  private func bakeoffRecipe() throws -> String {
    try folder.recipe(
      "bakeoff.yaml",
      [
        "model": path("model"), "tuner": "lora", "sequence_length": "",
        "data": "{train: \(path("train.safetensors"))}", "steps": "1",
      ])
  }

  @Test("All tuners of a bake-off start from one head")
  func bakeoff() throws {
    let run = try PeftProcess(
      "bakeoff", bakeoffRecipe(), "--tuner", Self.saving, "--tuner",
      "randlora:r=2,randlora_alpha=40,target_modules=[query],modules_to_save=[classifier]")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.components(separatedBy: Self.warning).count == 2)
    #expect(try folder.losses(of: "run/lora") == folder.losses(of: "run/randlora"))
  }

  @Test("A bake-off finds out before the first tuner's turn that another one lacks its head")
  func lackingContestant() throws {
    let run = try PeftProcess(
      "bakeoff", bakeoffRecipe(), "--tuner", Self.saving, "--tuner",
      "randlora:r=2,randlora_alpha=40,target_modules=[query]")
    #expect(run.status == 1)
    #expect(run.errors == "randlora: \(refusal)", "\(run.errors)")
    #expect(!folder.exists("run"))
  }

  @Test("A run that goes on has its head already")
  func resumed() throws {
    #expect(try train(Self.saving).status == 0)
    try folder.edit("run/recipe.yaml", "steps: 3", "steps: 4")
    let resumed = try PeftProcess("train", "--resume", path("run"))
    #expect(resumed.status == 0)
    #expect(resumed.errors.hasPrefix("training 473 parameters, resuming after step 3"))
  }

  @Test(
    "A head for other classes is begun anew, said to be, merged, and advised on where it does not fit"
  )
  func otherClasses() throws {
    let weights = path("model/model.safetensors")
    let file = try SafetensorsFile(path: weights)
    var tensors = Dictionary(uniqueKeysWithValues: file.names.map { ($0, file.tensor($0)!) })
    tensors["classifier.weight"] = Tensor(Array(repeating: Float(1), count: 72), shape: [2, 36])
    tensors["classifier.bias"] = Tensor([Float(1), 1], shape: [2])
    try SafetensorsWriter.write(tensors, to: weights)
    let refused = try train(Self.notSaving)
    #expect(
      refused.errors.contains("classifier.weight: [2, 36] in the files, [5, 36] in the model"))
    #expect(refused.errors.contains("fix: write modules_to_save: [classifier] in the tuner"))
    let trained = try train(Self.saving)
    #expect(
      trained.errors.hasPrefix(
        """
        warning: the checkpoint has other sizes, which are not used: classifier.weight [2, 36], not \
        [5, 36], classifier.bias [2], not [5]
        \(Self.warning)
        """.trimmingCharacters(in: .newlines)), "\(trained.errors)")
    let merge = try PeftProcess(
      "merge", path("model"), "--adapter", path("run/last"), "--output", path("merged"))
    #expect(merge.status == 0, "\(merge.errors)")
    #expect(try run("merged", output: "merged.safetensors").status == 0)
  }

  @Test("A plan needs the head that its tuner does not save", arguments: [true, false])
  func plan(isSaved: Bool) throws {
    let run = try PeftProcess(
      "plan", path("model"), "--sequence", "9", "--tuner",
      isSaved ? Self.saving : Self.notSaving)
    #expect(run.status == (isSaved ? 0 : 1))
    // Whether this machine's rates are known does not matter.
    let errors = run.errors.split(separator: "\n").filter { !$0.hasPrefix("note: --measure ") }
    #expect(errors == (isSaved ? "" : refusal).split(separator: "\n"))
  }
}
