import CPUCore
import Foundation

/// `optimizers.json`: what torch and transformers computed, step by step.
struct OptimizerFixture: Decodable {
  let start: [[Float]]
  /// For every step and parameter.
  let gradients: [[[Float]]]
  let optimizers: [Run]
  let clipping: [Clipping]
  let schedules: [Schedule]

  static let recorded = try? JSONDecoder().decode(
    OptimizerFixture.self,
    from: Data(
      contentsOf: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/optimizers.json")))

  struct Run: Decodable, CustomStringConvertible {
    let optimizer: String
    let settings: Settings
    /// For every step and parameter.
    let learningRates: [[Double]]
    let parameters: [[[Float]]]

    private enum CodingKeys: String, CodingKey {
      case optimizer, settings, parameters
      case learningRates = "learning_rates"
    }

    var description: String { "\(optimizer) \(learningRates[0])" }

    var method: OptimizerSettings.Method? {
      let betas = settings.betas?[0] ?? [0, 0]
      let epsilon = settings.eps?[0] ?? 0
      return switch optimizer {
      case "AdamW": .adamW(beta1: betas[0], beta2: betas[1], epsilon: epsilon)
      case "Adam": .adam(beta1: betas[0], beta2: betas[1], epsilon: epsilon)
      case "Lion": .lion(beta1: betas[0], beta2: betas[1])
      case "SGD":
        .sgd(
          momentum: settings.momentum?[0] ?? 0, dampening: settings.dampening?[0] ?? 0,
          isNesterov: settings.nesterov?[0] ?? false)
      default: nil
      }
    }
  }

  /// What torch was given, for each parameter.
  struct Settings: Decodable {
    let betas: [[Double]]?
    let eps: [Double]?
    let weightDecay: [Double]
    let momentum: [Double]?
    let dampening: [Double]?
    let nesterov: [Bool]?

    private enum CodingKeys: String, CodingKey {
      case betas, eps, momentum, dampening, nesterov
      case weightDecay = "weight_decay"
    }
  }

  struct Clipping: Decodable {
    let limit: Double
    let before: [[Float]]
    let norm: Double
    let after: [[Float]]
  }

  struct Schedule: Decodable, CustomStringConvertible {
    let schedule: String
    let warmup: Int
    let steps: Int
    let learningRate: Double
    /// For every step from 0 on, some beyond the last.
    let factors: [Double]
    let cycles: Double?
    let power: Double?
    let end: Double?

    private enum CodingKeys: String, CodingKey {
      case schedule, warmup, steps, factors, power
      case learningRate = "learning_rate"
      case cycles = "num_cycles"
      case end = "lr_end"
    }

    var description: String { "\(schedule), \(warmup) \(cycles ?? power ?? 0)" }

    var shape: LearningRateSchedule.Shape? {
      switch schedule {
      case "constant", "constant_with_warmup": .constant
      case "linear": .linear
      case "cosine": .cosine(cycles: cycles ?? 0.5)
      case "polynomial": .polynomial(power: power ?? 1, endLearningRate: end ?? 1e-7)
      default: nil
      }
    }
  }
}
