import ModelDescription
import ModelGraph
public import PeftAdapters
import PeftBasics
import PeftCheckpoints
import PeftGeneration

/// A model and adapters of it on the same held-out data, side by side.
///
///     var source = TaskModel.Source("my-checkpoint")
///     let comparison = try EvaluationComparison(
///       source, adapters: folders, settings: EvaluationSettings(DataSettings(train: "test.jsonl")))
///     print(try comparison.run().report(as: .table))
public final class EvaluationComparison {
  /// One model that is measured: the base, or an adapter on it.
  public struct Contestant {
    public let name: String
    /// The adapter's folder; nil for the base.
    public let adapter: String?
    public let task: TaskModel
    let objective: TrainingObjective
    let stream: BatchStream
  }

  /// What the base is called.
  public static let baseName = TaskModel.baseName

  public let contestants: [Contestant]
  /// What the user should know of models, adapters and data, each once.
  public let warnings: [String]
  /// What was done to read them.
  public let notes: [String]
  private let model: String
  private let data: [String]

  /// Opens models and data; nothing is measured yet.
  /// - Parameters:
  ///   - includesBase: Whether the model without adapters is measured, too. Where its weights lack what the
  ///     adapters save in full, such as a new head, it is left out.
  ///   - formats: What the names of files can say.
  /// - Throws: What is wrong with the model, an adapter or the data.
  public init(
    _ source: TaskModel.Source, adapters: [AdapterFolder], includesBase: Bool = true,
    settings: EvaluationSettings, formats: DataFormats = .standard
  ) throws {
    model = source.model
    data = settings.data.train.paths
    var streams: [StreamKey: BatchStream] = [:]
    func contestant(_ name: String, _ folder: AdapterFolder?) throws -> Contestant {
      let task = try TaskModel(source, adapters: folder.map { [$0] } ?? [], beside: adapters)
      let objective = try task.objective(problemType: settings.problemType)
      let key = StreamKey(objective: objective.name, defaults: task.description.trainingDefaults)
      let stream =
        try streams[key]
        ?? task.stream(settings, of: objective, called: source.model, formats: formats)
      streams[key] = stream
      return Contestant(
        name: name, adapter: folder?.path, task: task, objective: objective, stream: stream)
    }
    let names = TaskModel.names(of: adapters.map(\.path))
    let adapted = try zip(names, adapters).map { try contestant($0, $1) }
    var notes = adapted.flatMap { $0.task.adapters.flatMap(\.notes) }
    var base: [Contestant] = []
    if includesBase || adapters.isEmpty {
      do { base = [try contestant(Self.baseName, nil)] } catch let error as ParameterMismatch
        where !adapters.isEmpty
      {
        notes.append(
          "\(Self.baseName) is left out: its weights lack "
            + error.missing.map(\.name).shownFirst)
      }
    }
    self.notes = notes
    contestants = base + adapted
    var seen: Set<String> = []
    warnings = contestants.flatMap { $0.task.model.warnings + $0.stream.warnings }
      .filter { seen.insert($0).inserted }
  }

  /// What data are the same for.
  private struct StreamKey: Hashable {
    let objective: String
    let defaults: TrainingDefaults
  }

  /// Files that are read, and must stay as they are.
  public var files: [String] { contestants.flatMap { $0.task.model.files } + data }

  /// Whether all are classifiers of one class a row, whose confusion can be shown.
  public var haveConfusion: Bool {
    contestants.allSatisfy { $0.objective.kind.scorer?.hasConfusion ?? false }
  }

  /// What the models are for: `a regression`.
  public var task: String { contestants.first?.objective.name ?? "nothing" }

  /// Measures one after the other.
  /// - Parameter watch: Told after each batch: of which contestant, how many there have been, and how many there
  ///   are.
  /// - Throws: As `Evaluation`.
  public func run(
    _ watch: (Contestant, _ done: Int, _ count: Int) -> Void = { _, _, _ in }
  ) throws -> EvaluationReport {
    let entries = try contestants.map { contestant in
      let count = try contestant.stream.batchesPerEpoch()
      let result = try Evaluation(contestant.task.model, objective: contestant.objective)
        .run(on: contestant.stream) { watch(contestant, $0, count) }
      return EvaluationReport.Entry(
        name: contestant.name, adapter: contestant.adapter, result: result)
    }
    return EvaluationReport(model: model, data: data, entries: entries)
  }
}
