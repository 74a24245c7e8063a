import CPUCore
import PeftAdapters
import PeftBasics
public import PeftReports
public import TunerKit

/// RandLora's dense, sparse and very sparse bases on one change of a layer's weights, at a few ranks: what they
/// learn, and what they take.
///
///     let example = try SparseExample(in: "sparse")
///     try example.run()
///     print(try example.table().text())
public final class SparseExample {
  /// The folder of the example.
  public var path: String { settings.path }
  private let settings: ShiftedLayer.Settings
  private var outcomes: [(rank: Int, results: BakeoffResults)] = []

  /// At the lowest one many columns of a sparse basis A are 0, and what they stand for is not updated.
  static let ranks = [2, 16, 32]
  private static let kinds = [
    (name: "dense", setting: ""), (name: "sparse", setting: ",sparse=true"),
    (name: "very sparse", setting: ",very_sparse=true"),
  ]

  /// - Parameters:
  ///   - path: A folder that is not there, or an example's that was stopped.
  ///   - registry: Where RandLora is found by its name.
  ///   - steps: How long each tuner is trained.
  ///   - rows: Rows to train on; a quarter as many more are to evaluate with.
  ///   - threads: As many as cores where nil; losses do not depend on it.
  /// - Throws: `ExampleError` where the folder holds something else; `FileWriteError`.
  public init(
    in path: String, registry: TunerRegistry, steps: Int = 600, rows: Int = 8192,
    threads: Int? = nil
  ) throws {
    settings = try ShiftedLayer.Settings(
      path, registry, steps: steps, rows: rows, threads: threads)
  }

  /// Where the losses are drawn.
  public var chartPath: String { path.file("sparse.svg") }

  /// Writes layer, data and recipes, trains with every kind of basis, and draws the losses.
  /// - Parameter watch: Told the rank and what happens.
  public func run(_ watch: (_ rank: Int, Bakeoff.Event) throws -> Void = { _, _ in }) throws {
    outcomes = []
    let layer = try ShiftedLayer(settings)
    let difference = try layer.difference(.even)
    for rank in Self.ranks {
      let results = try layer.bakeoff(
        "rank-\(rank)", on: difference,
        Self.kinds.map { "randlora:r=\(rank),target_modules=[layer]\($0.setting)" }
      ) { try watch(rank, $0) }
      outcomes.append((rank, results))
    }
    try chart.write(to: chartPath)
  }
}

// MARK: - Results

extension SparseExample {
  /// Losses with all kinds of bases at all ranks.
  public var chart: LossPanels {
    LossPanels(
      outcomes.map { rank, results in
        let kinds = Dictionary(
          uniqueKeysWithValues: zip(results.results.map(\.contestant.name), Self.kinds.map(\.name))
        )
        return LossPanels.Panel(
          title: "r = \(rank)",
          series: results.chart.series.map { series in
            LossChart.Series(
              name: kinds[series.name] ?? series.name, points: series.points,
              isEvaluation: series.isEvaluation)
          })
      },
      title: "Loss with dense and with sparse bases",
      subtitle: "one layer of 128 × 128, a change of full rank, RandLora")
  }

  /// Losses at the end, on rows that were not trained on; bases in memory, and what the update takes in a step
  /// beside the weight's own products.
  public func table() throws -> Table {
    Table(
      [
        Table.Column("settings"), Table.Column("trained", .right), Table.Column("loss", .right),
        Table.Column("bases", .right), Table.Column("FLOPs a step", .right),
        Table.Column("additions a step", .right),
      ],
      sections: try outcomes.map { rank, results in
        Table.Section("r = \(rank)", rows: try results.results.map(row))
      })
  }

  private func row(_ result: BakeoffResult) throws -> [String] {
    let budget = result.contestant.budget
    let recipe = result.contestant.recipe
    var work = ProgramWork()
    if case .tuner(let configuration) = recipe.start {
      work = try TrainingPlan(
        configuration, on: ShiftedLayer.graph(),
        batch: TrainingPlan.Batch(rows: recipe.batchSize, sequence: 1),
        purpose: .training(recipe.optimizer), objective: .regression(count: ShiftedLayer.width)
      ).work
    }
    return [
      budget.shortSettings, budget.trainableParameters.grouped,
      result.evaluation.last?.loss.fixed(3) ?? "", budget.basisBytes.asBytes,
      work.operations.asOperations,
      work.additions > 0 ? Int(work.additions).abbreviated : "",
    ]
  }
}
