package import CPUCore
import ModelDescription
import ModelGraph
import PeftAdapters
import PeftTensors
package import TunerKit

extension MachineRates {
  /// The rates that training reaches on this machine, measured in some seconds.
  ///
  /// A step spends time that neither products nor bytes account for: exponentials, small products, threads that wait.
  /// So the rates of products are those that foretell the time of a small model's real step.
  /// - Parameters:
  ///   - registry: Its first tuner is that step's; without one, the kernels' own rates are returned.
  ///   - threads: As many as there are cores where nil.
  package static func inTraining(
    _ registry: TunerRegistry, threads: Int? = nil
  ) throws -> MachineRates {
    let kernels = try measured(threads: threads)
    guard let tuner = registry.all.first else { return kernels }
    let configuration = tuner.usual
    let model = try StepTrial.model(threads: threads)
    func share(_ precision: Precision) throws -> Double {
      let trial = try StepTrial(configuration, on: model.computing(in: precision))
      return try trial.share(of: kernels)
    }
    return try MachineRates(
      singleOperations: kernels.singleOperations * share(.f32),
      halfOperations: kernels.halfOperations * share(.bf16), bytes: kernels.bytes)
  }

  fileprivate func withProducts(times factor: Double) -> MachineRates {
    MachineRates(
      singleOperations: factor * singleOperations, halfOperations: factor * halfOperations,
      bytes: bytes)
  }
}

extension Tuner {
  fileprivate static var usual: any TunerConfiguration { Configuration() }
}

/// Steps of a small GPT-2 with a tuner, timed.
private struct StepTrial {
  private let plan: TrainingPlan
  private let training: AdapterTraining
  private let batch: TrainingBatch

  private static let size = TrainingPlan.Batch(rows: 4, sequence: 256)
  private static let vocabulary = 4096

  /// Two layers of GPT-2 small with random weights.
  static func model(threads: Int?) throws -> Model {
    try Model(
      random: ModelDescription(
        "gpt2", setting: [("layers", "2"), ("vocabulary", "\(vocabulary)")]), threads: threads)
  }

  init(_ configuration: some TunerConfiguration, on model: Model) throws {
    let purpose = TrainingPlan.Purpose.training(dropout: 0)
    plan = try TrainingPlan(configuration, on: model, batch: Self.size, purpose: purpose)
    training = try AdapterTraining(
      AdapterWeights(Adapter(configuration, for: model.graph), on: model, seed: 0), on: model,
      settings: AdapterTraining.Settings(
        objective: TrainingObjective(of: model.graph), dropout: 0))
    let count = Self.size.rows * Self.size.sequence
    let tokens = Tensor(
      (0..<count).map { ($0 * 2_654_435_761) % Self.vocabulary },
      shape: [Self.size.rows, Self.size.sequence])
    batch = TrainingBatch(
      inputs: ["input_ids": tokens, "labels": tokens],
      countedEntries: count - Self.size.rows, tokenCount: count)
  }

  /// The share of products' rates with which the plan takes as long as the steps did.
  func share(of rates: MachineRates) throws -> Double {
    let seconds = try medianSeconds()
    var (low, high) = (1.0 / 64, 8.0)
    for _ in 0..<40 {
      let middle = (low * high).squareRoot()
      if plan.seconds(at: rates.withProducts(times: middle)) > seconds {
        low = middle
      } else {
        high = middle
      }
    }
    return (low * high).squareRoot()
  }

  /// How long a step takes, as the median of several; the first one, which plans, does not count.
  private func medianSeconds() throws -> Double {
    let clock = ContinuousClock()
    func step() throws -> Double {
      let start = clock.now
      _ = try training.step([batch], learningRate: 1e-4, seed: 0)
      return (clock.now - start).inSeconds
    }
    _ = try step()
    let start = clock.now
    var times: [Double] = []
    repeat { times.append(try step()) } while times.count < 5 || clock.now - start < .seconds(1)
    return times.sorted()[times.count / 2]
  }
}
