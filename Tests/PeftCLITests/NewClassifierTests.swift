import Foundation
import Peft
import PeftTestSupport
import Testing

@Suite("A new classifier on a model without a head") struct NewClassifierTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    // The fixtures' models have small vocabularies: of bytes, those up to '<'.
    let rows = (0..<24).map { row in
      let label = ["low", "high", "middle"][row % 3]
      return #"{"text": "\#(row % 3)\#(row % 3) \#(row % 7)", "label": "\#(label)"}"#
    }
    try folder.file("rows.jsonl", rows.joined(separator: "\n"))
  }

  private static let targets = [
    "distilbert": "q_lin", "gpt2": "c_attn", "gpt2-bare": "c_attn", "gpt_neox": "query_key_value",
    "llama-tied": "q_proj", "mistral-bare": "q_proj", "opt": "q_proj", "phi3": "qkv_proj",
  ]

  private func recipe(
    _ name: String, labels: String = "auto", model: String = "bert", data: String = "rows.jsonl",
    output: String = "run", steps: Int = 4
  ) throws -> String {
    try folder.file(
      name,
      """
      model: \(Fixture.path("checkpoints/\(model)"))
      tuner: {lora: {r: 2, target_modules: [\(Self.targets[model] ?? "query")]}}
      data:
        train: \(folder.path(data))
        tokenizer: bytes
        labels: \(labels)
      batch_size: 4
      steps: \(steps)
      sequence_length: 8
      output: \(folder.path(output))
      """)
  }

  private func labels(of configuration: String) throws -> [String: String]? {
    let object = try JSONSerialization.jsonObject(with: folder.bytes(configuration))
    return (object as? [String: Any])?["id2label"] as? [String: String]
  }

  @Test(
    "Its classes are those of the data, its head is in the adapter, its names beside it",
    arguments: [
      ("bert", ["classifier"]), ("distilbert", ["classifier", "pre_classifier"]),
      ("gpt2", ["score"]), ("gpt2-bare", ["score"]), ("llama-tied", ["score"]),
      ("mistral-bare", ["score"]), ("opt", ["score"]), ("phi3", ["score"]), ("gpt_neox", ["score"]),
    ])
  func trained(model: String, head: [String]) throws {
    let run = try PeftProcess("train", recipe("r.yaml", model: model))
    #expect(run.status == 0, "\(run.errors)")
    #expect(
      try labels(of: "run/last/config.json") == ["0": "high", "1": "low", "2": "middle"])
    #expect(try folder.text("run/recipe.yaml").contains("  labels: [high, low, middle]\n"))
    let configuration = try folder.text("run/last/adapter_config.json")
    for module in head { #expect(configuration.contains("    \"\(module)\"")) }
    // The run goes on, and the adapter is used, on the model with that head.
    try folder.edit("run/recipe.yaml", "steps: 4", "steps: 6")
    #expect(try PeftProcess("train", "--resume", folder.path("run")).status == 0)
    let ran = try PeftProcess(
      "run", Fixture.path("checkpoints/\(model)"), "--adapter", folder.path("run/last"),
      "--input", "input_ids=\(Fixture.path("weights/i8.npy"))", "--output",
      folder.path("out.safetensors"))
    #expect(ran.errors.contains("logits [2, 3]"), "\(ran.errors)")
    let evaluated = try PeftProcess(
      "evaluate", Fixture.path("checkpoints/\(model)"), "--adapter", folder.path("run/last"),
      "--data", folder.path("rows.jsonl"), "--tokenizer", "bytes")
    #expect(evaluated.status == 0, "\(evaluated.errors)")
    #expect(evaluated.errors.contains("base is left out: its weights lack"))
    #expect(evaluated.output.contains("middle"), "\(evaluated.output)")
    let merged = try PeftProcess(
      "merge", Fixture.path("checkpoints/\(model)"), "--adapter", folder.path("run/last"),
      "--output", folder.path("merged"))
    #expect(merged.status == 0, "\(merged.errors)")
    #expect(try labels(of: "merged/config.json")?.count == 3)
  }

  @Test("Its names stay beside the adapter when it is converted or slimmed")
  func rewritten() throws {
    let tuner = try folder.file(
      "r.yaml",
      String(contentsOfFile: recipe("lora.yaml"), encoding: .utf8).replacing(
        "{lora: {r: 2, target_modules: [query]}}",
        with: "{randlora: {r: 2, target_modules: [query], projection_prng_key: 1}}"))
    #expect(try PeftProcess("train", tuner).status == 0)
    for command in [
      ["slim"], ["convert", "--to", "lora:r=2", "--model", Fixture.path("checkpoints/bert")],
    ] {
      let output = "new-\(command[0])"
      let run = try PeftProcess(
        arguments: ["adapter", command[0], folder.path("run/last")] + command.dropFirst()
          + ["--output", folder.path(output)])
      #expect(run.status == 0, "\(run.errors)")
      #expect(try labels(of: "\(output)/config.json")?.count == 3)
    }
  }

  @Test("A run that goes on from the adapter keeps its head and its names")
  func continued() throws {
    #expect(try PeftProcess("train", recipe("r.yaml", labels: "[low, middle, high]")).status == 0)
    let again = try PeftProcess(
      "train", "--model", Fixture.path("checkpoints/bert"), "--adapter", folder.path("run/last"),
      "--data", folder.path("rows.jsonl"), "--tokenizer", "bytes", "--steps", "2", "--output",
      folder.path("more"))
    #expect(again.status == 0, "\(again.errors)")
    #expect(
      try labels(of: "more/last/config.json") == ["0": "low", "1": "middle", "2": "high"])
  }

  @Test(
    "What cannot be a new classifier",
    arguments: [
      ("[a]", "bert", "'labels' are 1 name, and a classifier has two classes at least"),
      ("[a, b, a]", "bert", "'labels' have 'a' twice"),
      (
        "[low, high]", "bert",
        "rows.jsonl:3: error: the label 'label' is 'middle', and the model's are"
      ),
      ("auto", "t5", "models of model_type 't5' have no head for classes here"),
      ("some", "bert", "labels must be auto, or a list of names, or null, not \"some\""),
    ])
  func refusals(labels: String, model: String, expected: String) throws {
    let run = try PeftProcess("train", recipe("r.yaml", labels: labels, model: model))
    #expect(run.status == 1)
    #expect(run.errors.contains(expected), "\(run.errors)")
    #expect(!folder.exists("run"))
  }

  @Test(
    "Labels that name no class",
    arguments: [
      (#"{"text": "1"}"#, "bad.jsonl:1: error: the row has no label 'label', but 'text'"),
      (#"{"text": "1", "label": ""}"#, "the label 'label' is empty, which is the name of no class"),
      (
        #"{"text": "1", "label": 0.5}"#,
        "the label 'label' is a number, which is the name of no class"
      ),
    ])
  func badLabels(row: String, expected: String) throws {
    try folder.file("bad.jsonl", row)
    let run = try PeftProcess("train", recipe("r.yaml", data: "bad.jsonl"))
    #expect(run.status == 1)
    #expect(run.errors.contains(expected), "\(run.errors)")
  }
}
