import ModelDescription
import ModelGraph
import PeftAdapters
public import PeftBasics
import PeftCheckpoints
public import PeftReports
import PeftTensors
public import TunerKit

/// LoRA against RandLora in an experiment without a download: one layer whose weights were changed by a
/// known matrix ("shift"), and tuners with the same number of parameters that learn it.
///
/// The layer's inputs are independent and normal, so that the expected loss is the squared distance
/// between update and shift, relative to the shift's squared norm: 1 before training. So LoRA's lowest
/// loss is known: the share of the squared norm beyond the `r` largest singular values.
///
///     let example = try ShiftExample(in: "shift")
///     try example.run()
///     print(example.table().text())
public final class ShiftExample {
  /// The folder of the example.
  public let path: String
  private let steps: Int
  private let rows: Int
  private let threads: Int?
  private let registry: TunerRegistry
  private var outcomes: [Outcome] = []

  package static let width = 128
  static let loraRank = 32

  /// One shift and the tuners' results on it.
  struct Outcome {
    let shift: Shift
    /// The lowest loss of any update of LoRA's rank.
    let floor: Double
    let results: BakeoffResults
  }

  /// - Parameters:
  ///   - path: A folder that is not there, or an example's that was stopped.
  ///   - registry: Where LoRA and RandLora are found by their names.
  ///   - steps: How long each tuner is trained.
  ///   - rows: Rows to train on; a quarter as many more are to evaluate with.
  ///   - threads: As many as cores where nil; losses do not depend on it.
  /// - Throws: `ExampleError` where the folder holds something else; `FileWriteError`.
  public init(
    in path: String, registry: TunerRegistry, steps: Int = 600, rows: Int = 8192,
    threads: Int? = nil
  ) throws {
    self.path = path
    (self.steps, self.rows) = (steps, rows)
    self.threads = threads
    self.registry = registry
    let folder = try? OpenFolder(path, followingLinks: true)
    let contents = (try? folder?.names().map(\.text)) ?? []
    guard contents.isEmpty || contents.contains("layer.yaml") else {
      throw ExampleError.holdsOther(path)
    }
  }

  /// Where the losses are drawn.
  public var chartPath: String { path.file("shift.svg") }

  /// Writes layer, data and recipes, trains on every shift, and draws the losses.
  /// - Parameter watch: Told the name of the shift and what happens.
  public func run(_ watch: (_ shift: String, Bakeoff.Event) throws -> Void = { _, _ in }) throws {
    outcomes = []
    var numbers = ShiftNumbers(width: Self.width)
    try make(path)
    try FileWriter.write(Self.layer, to: path.file("layer.yaml"))
    let weights = numbers.weights
    try SafetensorsWriter.write(["layer.weight": weights], to: path.file("layer.safetensors"))
    let files = [
      ("train", numbers.inputs(rows)), ("eval", numbers.inputs(rows / 4)),
    ]
    for shift in Shift.allCases {
      let folder = path.file(shift.rawValue)
      let difference = try numbers.shift(shift)
      try make(folder)
      for (name, inputs) in files {
        let labels = try outputs(of: inputs, weights: weights.adding(difference))
        try SafetensorsWriter.write(
          ["x": inputs, Loss.labelsName: labels], to: folder.file("\(name).safetensors"))
      }
      let recipe = recipe(in: folder)
      try FileWriter.write(recipe, to: folder.file("recipe.yaml"))
      let bakeoff = try bakeoff(recipe, in: folder)
      try bakeoff.run { try watch(shift.rawValue, $0) }
      outcomes.append(
        Outcome(
          shift: shift, floor: try ShiftNumbers.tail(of: difference, beyond: Self.loraRank),
          results: try bakeoff.results()))
    }
    try chart.write(to: chartPath)
  }

  private func make(_ folder: String) throws {
    Paths.makeFolder(folder)
  }

  private func bakeoff(_ recipe: String, in folder: String) throws -> Bakeoff {
    let output = folder.file("runs")
    let catalog = TrainingCatalog(tuners: registry)
    if FileWriter.isThere(output.file(BakeoffFolder.recordName)) {
      return try Bakeoff(resuming: output, catalog: catalog, threads: threads)
    }
    var recipe = try TrainingRecipe(
      text: recipe, path: folder.file("recipe.yaml"), catalog: catalog)
    recipe.threads = threads
    return try Bakeoff(
      recipe,
      [
        BakeoffTuner(
          "lora:r=\(Self.loraRank),lora_alpha=\(Self.loraRank),target_modules=[layer]",
          registry: registry),
        BakeoffTuner("randlora:match,target_modules=[layer]", registry: registry),
      ], catalog: catalog)
  }

  private func outputs(of inputs: Tensor, weights: Tensor) throws -> Tensor {
    let graph = try ModelDescription(text: Self.layer).graph()
    let model = Model(
      graph,
      parameters: Dictionary(uniqueKeysWithValues: graph.modules.parameters.map { ($0, weights) }),
      threads: threads)
    guard let labels = try model(["x": inputs])["logits"] else {
      preconditionFailure("the layer has no logits")
    }
    return labels
  }

  // MARK: - Texts

  private static let layer = """
    # One fully connected layer, whose outputs are learnt.
    name: layer
    summary: One fully connected layer.
    inputs:
      x: {type: numbers, shape: [batch, \(width)]}
    graph:
      - linear: {name: layer, out: \(width), bias: false, from: x}
    outputs: {logits: previous}

    """

  private func recipe(in folder: String) -> String {
    """
    # Learns what the layer's weights have moved by.
    model: \(path)/layer.yaml
    weights: \(path)/layer.safetensors
    tuner: {lora: {r: 32, lora_alpha: 32, target_modules: [layer]}}
    data: {train: \(folder)/train.safetensors, eval: \(folder)/eval.safetensors, shuffle: true}
    problem_type: regression
    batch_size: 128
    steps: \(steps)
    optimizer: {adamw: {learning_rate: 1e-2, weight_decay: 0}}
    schedule: {cosine: {warmup_steps: 20}}
    eval_every: 50
    output: \(folder)/runs

    """
  }
}

// MARK: - Results

extension ShiftExample {
  /// Losses of all tuners on all shifts.
  public var chart: LossPanels {
    LossPanels(
      outcomes.map { outcome in
        LossPanels.Panel(
          title: outcome.shift.title, series: outcome.results.chart.series, floor: outcome.floor)
      },
      title: "Loss on a change of the weights",
      subtitle: "one layer of 128 × 128, LoRA and RandLora with the same number of parameters",
      floorName: "lowest loss of any update of rank \(Self.loraRank)")
  }

  /// Losses at the end, on rows that were not trained on.
  public func table() -> Table {
    Table(
      [
        Table.Column("tuner"), Table.Column("settings"), Table.Column("trained", .right),
        Table.Column("loss", .right), Table.Column("lowest at its rank", .right),
      ],
      sections: outcomes.map { outcome in
        Table.Section(
          outcome.shift.title,
          rows: outcome.results.results.map { result in
            let budget = result.contestant.budget
            return [
              budget.tuner, budget.shortSettings, budget.trainableParameters.grouped,
              result.evaluation.last?.loss.fixed(3) ?? "",
              budget.updateRank == Self.loraRank ? outcome.floor.fixed(3) : "",
            ]
          })
      })
  }
}

/// An example that cannot be made.
public enum ExampleError: Diagnosis, Hashable {
  case holdsOther(String)

  public var words: (problem: String, fix: String?) {
    switch self {
    case .holdsOther(let path):
      ("\(path) holds something else", "choose a folder that is not there yet")
    }
  }
}
