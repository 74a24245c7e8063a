import ModelDescription
import ModelGraph
import PeftAdapters
import PeftBasics
import PeftCheckpoints
import PeftTensors
import TunerKit

/// One layer in a folder, and experiments that learn what its weights are changed by: each with data of its own
/// and a recipe.
struct ShiftedLayer {
  static let width = 128

  /// What an experiment on the layer is made with.
  struct Settings {
    let path: String
    /// Where tuners are found by their names.
    let registry: TunerRegistry
    /// How long each tuner is trained.
    let steps: Int
    /// Rows to train on; a quarter as many more are to evaluate with.
    let rows: Int
    let threads: Int?

    /// - Throws: `ExampleError` where the folder holds something else.
    init(
      _ path: String, _ registry: TunerRegistry, steps: Int, rows: Int, threads: Int?
    ) throws(ExampleError) {
      (self.path, self.registry) = (path, registry)
      (self.steps, self.rows, self.threads) = (steps, rows, threads)
      let folder = try? OpenFolder(path, followingLinks: true)
      let contents = (try? folder?.names().map(\.text)) ?? []
      guard contents.isEmpty || contents.contains("layer.yaml") else { throw .holdsOther(path) }
    }
  }

  private let settings: Settings
  private let numbers: ShiftNumbers
  /// Inputs to train on, and to evaluate with: the same in every experiment.
  private let inputs: [(name: String, tensor: Tensor)]

  private var path: String { settings.path }
  private var steps: Int { settings.steps }

  /// Writes the layer.
  init(_ settings: Settings) throws {
    self.settings = settings
    var numbers = ShiftNumbers(width: Self.width)
    inputs = [
      ("train", numbers.inputs(settings.rows)), ("eval", numbers.inputs(settings.rows / 4)),
    ]
    self.numbers = numbers
    Paths.makeFolder(settings.path)
    try FileWriter.write(Self.layer, to: settings.path.file("layer.yaml"))
    try SafetensorsWriter.write(
      ["layer.weight": numbers.weights], to: settings.path.file("layer.safetensors"))
  }

  func difference(_ shift: Shift) throws -> Tensor { try numbers.shift(shift) }

  /// Trains tuners on a change of the weights, or goes on with what is there.
  /// - Parameter tuners: As a command line has them.
  func bakeoff(
    _ name: String, on difference: Tensor, _ tuners: [String],
    _ watch: (Bakeoff.Event) throws -> Void
  ) throws -> BakeoffResults {
    let folder = path.file(name)
    Paths.makeFolder(folder)
    for (name, inputs) in inputs {
      let labels = try outputs(
        of: inputs, weights: numbers.weights.adding(difference))
      try SafetensorsWriter.write(
        ["x": inputs, Loss.labelsName: labels], to: folder.file("\(name).safetensors"))
    }
    let text = recipe(in: folder)
    try FileWriter.write(text, to: folder.file("recipe.yaml"))
    let output = folder.file("runs")
    let catalog = TrainingCatalog(tuners: settings.registry)
    let bakeoff: Bakeoff
    if FileWriter.isThere(output.file(BakeoffFolder.recordName)) {
      bakeoff = try Bakeoff(resuming: output, catalog: catalog, threads: settings.threads)
    } else {
      var recipe = try TrainingRecipe(
        text: text, path: folder.file("recipe.yaml"), catalog: catalog)
      recipe.threads = settings.threads
      bakeoff = try Bakeoff(
        recipe, tuners.map { try BakeoffTuner($0, registry: settings.registry) }, catalog: catalog)
    }
    try bakeoff.run(watch)
    return try bakeoff.results()
  }

  static func graph() throws -> Graph { try ModelDescription(text: layer).graph() }

  private func outputs(of inputs: Tensor, weights: Tensor) throws -> Tensor {
    let graph = try Self.graph()
    let model = Model(
      graph,
      parameters: Dictionary(uniqueKeysWithValues: graph.modules.parameters.map { ($0, weights) }),
      threads: settings.threads)
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
