import PeftGeneration

/// What a run measured last, for its model card; read from the log where a run is resumed, so that the card
/// is the same.
struct RunFigures {
  struct Evaluation: Hashable {
    let step: Int
    let loss: Double
    let accuracy: Double?
  }

  /// The last evaluation.
  var evaluation: Evaluation?
  private let limit: Int
  private var losses: [Double]

  /// - Parameter limit: Steps that the mean loss is over at most.
  init(limit: Int) { (self.limit, losses) = (limit, []) }

  /// - Parameter log: The log of the steps that were made.
  init(limit: Int, from log: LoggedLosses?) {
    self.limit = limit
    losses = log?.training.suffix(limit).map(\.loss) ?? []
    evaluation = log?.evaluation.last.map {
      Evaluation(step: $0.step, loss: $0.loss, accuracy: log?.accuracies[$0.step])
    }
  }

  mutating func add(_ record: StepRecord) {
    if losses.count == limit { losses.removeFirst() }
    losses.append(record.loss)
  }

  /// The mean loss of the last steps, and how many these are; nil before the first.
  var loss: (mean: Double, count: Int)? {
    losses.isEmpty ? nil : (losses.reduce(0, +) / Double(losses.count), losses.count)
  }
}

extension EvaluationRecord {
  var figures: RunFigures.Evaluation {
    RunFigures.Evaluation(step: step, loss: measurement.loss, accuracy: measurement.accuracy)
  }
}
