import Foundation
import Peft

/// An adapter that a run wrote, which says what its task is where PEFT has one.
struct TrainedAdapter {
  let name: String
  let checkpoint: String
  let tuner: String
  /// The model's inputs, and the labels to train on.
  let inputs: [String: Tensor]
  let labels: Tensor?

  private static let ids = Tensor((0..<32).map { 3 + $0 * 7 % 29 }, shape: [4, 8])
  private static let classes = Tensor([0, 1, 1, 0], shape: [4])
  private static let pixels = Tensor(
    (0..<4 * 225).map { Float($0 % 7) / 7 }, shape: [4, 1, 15, 15])

  /// One of each kind, with tuners that a task concerns and others: heads that are trained in full, heads
  /// that the targets hit, and heads that are left alone.
  static let all = [
    TrainedAdapter("gpt2", "all-linear", labels: ids),
    TrainedAdapter("llama-grouped", "[q_proj, v_proj]", labels: ids),
    TrainedAdapter("t5", "[q, v]", inputs: ["decoder_input_ids": ids], labels: ids),
    TrainedAdapter("bert-classifier", "[query]", saving: "classifier", labels: classes),
    TrainedAdapter("bert-classifier", "[query]", labels: classes),
    TrainedAdapter("bert-classifier", "all-linear", labels: classes),
    TrainedAdapter("roberta-classifier", "[query]", saving: "classifier", labels: classes),
    TrainedAdapter("distilbert-classifier", "[q_lin]", saving: "classifier", labels: classes),
    TrainedAdapter("bert-masked-lm", "[query]", labels: ids),
    TrainedAdapter("vit-classifier", "[q_proj]", pixels: pixels, labels: classes),
  ]

  private init(
    _ checkpoint: String, _ targets: String, saving saved: String? = nil,
    inputs: [String: Tensor] = [:], pixels: Tensor? = nil, labels: Tensor
  ) {
    name = "trained-\(checkpoint)-\(targets.filter(\.isLetter))\(saved.map { "-\($0)" } ?? "")"
    self.checkpoint = checkpoint
    tuner =
      "lora:r=2,target_modules=\(targets)" + (saved.map { ",modules_to_save=[\($0)]" } ?? "")
    self.inputs = inputs.merging(
      pixels.map { ["pixel_values": $0] } ?? ["input_ids": Self.ids]
    ) { $1 }
    self.labels = labels
  }

  func write(from fixtures: String, to place: String) throws {
    let (folder, path) = ("\(place)/\(name)", "\(fixtures)/checkpoints/\(checkpoint)")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var rows = inputs
    rows["decoder_input_ids"] = nil
    rows["labels"] = labels
    try SafetensorsWriter.write(rows, to: "\(folder)/rows.safetensors")
    var recipe = TrainingRecipe(
      model: path, start: .tuner(try TunerRequest(tuner).single()),
      data: DataSettings(train: DataFiles(["\(folder)/rows.safetensors"])), output: "\(folder)/run")
    recipe.length = .steps(3)
    recipe.batchSize = 4
    recipe.optimizer.learningRate = 3e-2
    let trainer = try Trainer(recipe)
    try trainer.run()
    try FileManager.default.moveItem(atPath: "\(folder)/run/last", toPath: "\(folder)/adapter")
    try path.write(toFile: "\(folder)/base.txt", atomically: true, encoding: .utf8)
    var tensors: [String: Tensor] = [:]
    for (name, tensor) in inputs { tensors["input.\(name)"] = tensor }
    for (name, tensor) in try Model(path).adapted(by: [trainer.weights])(inputs) {
      tensors["output.\(name)"] = tensor
    }
    try SafetensorsWriter.write(
      tensors, metadata: ["format": "pt", "compare": "all"], to: "\(folder)/case.safetensors")
  }
}
