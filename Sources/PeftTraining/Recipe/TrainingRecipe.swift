public import CPUCore
import PeftAdapters
import PeftBasics
public import TunerKit

/// Everything that decides a training run: model, adapter, data, and how it is trained.
///
/// A recipe is read from a file, put together from command-line flags, or made in Swift:
/// ```swift
/// var recipe = TrainingRecipe(
///   model: "gpt2", start: .tuner(LoraConfig(r: 8)), data: DataSettings(train: "train.jsonl"),
///   output: "runs/first")
/// recipe.length = .steps(1000)
/// recipe.optimizer.learningRate = 2e-4
/// ```
public struct TrainingRecipe: Hashable, Sendable {
  /// A description's path, a bundled model's name, or a checkpoint's folder.
  public var model: String
  /// Where the model's weights are, if not in its folder.
  public var weights: String?
  public var start: Start
  public var data: DataSettings

  /// Examples in one forward pass.
  public var batchSize = 8
  /// The sequence length in tokens, to which longer rows are truncated; from the data where nil.
  public var sequenceLength: Int?
  /// What rows of text are padded to.
  public var padding = PaddingStrategy.longest
  /// Whether rows of similar lengths are in one batch.
  public var groupByLength = false
  /// Gradient accumulation: batches in one optimizer step.
  public var accumulate = 1
  public var length = Length.epochs(1)

  public var optimizer = OptimizerRecipe()
  public var schedule = ScheduleRecipe()
  /// The gradient norm to which larger ones are clipped; nil for no clipping.
  public var clipGradNorm: Double? = 1
  /// Label smoothing: the share of a label that is spread over all classes.
  public var labelSmoothing = 0.0
  /// What a classifier's labels are; where nil what the model's configuration says, or else regression
  /// for a single output and classes for several.
  public var problemType: ProblemType?
  /// One dropout rate for all of the model's own dropouts; nil leaves each at its configuration's.
  public var dropout: Double?
  /// What matrices are multiplied in.
  public var precision = Precision.f32
  /// Activation checkpointing: whether repeated blocks are computed again in the backward pass.
  public var checkpointActivations = false
  public var seed = 0
  /// Threads to compute with; nil leaves it to the machine.
  public var threads: Int?

  /// The folder of the run: adapter, log and state.
  public var output: String
  /// Steps between saved states to resume from; nil saves at the end alone.
  public var saveEvery: Int?
  /// Steps between evaluations; nil evaluates at the end alone.
  public var evalEvery: Int?
  /// When evaluations end the run before its last step; nil never does.
  public var earlyStopping: EarlyStopping?
  /// Steps between progress lines; the log has every step.
  public var logEvery = 10
  /// Whether the run's folder gets a file for TensorBoard.
  public var tensorboard = false

  public init(model: String, start: Start, data: DataSettings, output: String) {
    self.model = model
    self.start = start
    self.data = data
    self.output = output
  }

  /// What the best of the evaluations is found by.
  public var metric: EarlyStopping.Metric { earlyStopping?.metric ?? .loss }

  /// How long a run is.
  public enum Length: Hashable, Sendable {
    /// Steps of the optimizer.
    case steps(Int)
    /// Epochs over the data, also fractional.
    case epochs(Double)
  }

  /// What is trained.
  public enum Start: Sendable {
    /// A fresh adapter.
    case tuner(any TunerConfiguration)
    /// An adapter to continue training, by its folder.
    case adapter(String)
  }
}

extension TrainingRecipe.Start: Hashable {
  public static func == (a: Self, b: Self) -> Bool {
    switch (a, b) {
    case (.tuner(let a), .tuner(let b)): AnyHashable(a) == AnyHashable(b)
    case (.adapter(let a), .adapter(let b)): a == b
    default: false
    }
  }

  public func hash(into hasher: inout Hasher) {
    switch self {
    case .tuner(let configuration): hasher.combine(AnyHashable(configuration))
    case .adapter(let path): hasher.combine(path)
    }
  }
}
