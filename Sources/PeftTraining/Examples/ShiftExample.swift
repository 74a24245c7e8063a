import PeftAdapters
public import PeftBasics
public import PeftReports
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
  public var path: String { settings.path }
  private let settings: ShiftedLayer.Settings
  private var outcomes: [Outcome] = []

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
    settings = try ShiftedLayer.Settings(
      path, registry, steps: steps, rows: rows, threads: threads)
  }

  /// Where the losses are drawn.
  public var chartPath: String { path.file("shift.svg") }

  /// Writes layer, data and recipes, trains on every shift, and draws the losses.
  /// - Parameter watch: Told the name of the shift and what happens.
  public func run(_ watch: (_ shift: String, Bakeoff.Event) throws -> Void = { _, _ in }) throws {
    outcomes = []
    let layer = try ShiftedLayer(settings)
    for shift in Shift.allCases {
      let difference = try layer.difference(shift)
      let results = try layer.bakeoff(
        shift.rawValue, on: difference,
        [
          "lora:r=\(Self.loraRank),lora_alpha=\(Self.loraRank),target_modules=[layer]",
          "randlora:match,target_modules=[layer]",
        ]
      ) { try watch(shift.rawValue, $0) }
      outcomes.append(
        Outcome(
          shift: shift, floor: try ShiftNumbers.tail(of: difference, beyond: Self.loraRank),
          results: results))
    }
    try chart.write(to: chartPath)
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
