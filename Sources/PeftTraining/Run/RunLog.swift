import OrderedCollections
import PeftAdapters
import PeftBasics
import PeftCheckpoints
import PeftGeneration
import PeftReports

/// A run's `log.jsonl`: a line for each step, and one for each evaluation.
package final class RunLog {
  private let file: GrowingFile

  /// - Parameter length: What to keep of the log that is there.
  init(_ path: String, keeping length: Int = 0) throws {
    file = try GrowingFile(path, keeping: length)
  }

  var byteCount: Int { file.byteCount }

  func append(_ record: StepRecord) throws {
    try append([
      "step": .integer(record.step), "loss": .number(record.loss),
      "learning_rate": .number(record.learningRate), "grad_norm": .number(record.gradientNorm),
      "seconds": .number((1e6 * record.seconds).rounded() / 1e6),
      "tokens_per_second": .number((10 * record.tokensPerSecond).rounded() / 10),
      "epoch": epoch(record.epoch),
    ])
  }

  func append(_ record: EvaluationRecord) throws { try append(record, as: "eval") }

  /// The measures of the test data.
  func append(test record: EvaluationRecord) throws { try append(record, as: "test") }

  private func append(_ record: EvaluationRecord, as data: String) throws {
    let measured = record.measurement
    var fields: OrderedDictionary<String, JSONValue> = [
      "step": .integer(record.step), "\(data)_loss": json(measured.loss),
    ]
    if let accuracy = measured.accuracy { fields["\(data)_accuracy"] = json(accuracy) }
    if let f1 = record.f1 { fields["\(data)_f1"] = json(f1) }
    if let perplexity = record.perplexity { fields["\(data)_perplexity"] = json(perplexity) }
    fields["epoch"] = epoch(record.epoch)
    try append(fields)
  }

  func append(_ stop: EarlyStop) throws {
    var fields: OrderedDictionary<String, JSONValue> = [
      "step": .integer(stop.step), "stopped_early": .text(stop.reason),
    ]
    if let step = stop.bestStep { fields["best_step"] = .integer(step) }
    if let best = stop.best { fields["best_eval_\(stop.metric.rawValue)"] = json(best) }
    try append(fields)
  }

  func flush() throws { try file.flush() }

  private func epoch(_ count: Double) -> JSONValue { .number((1e4 * count).rounded() / 1e4) }

  /// JSON has no infinity, which the perplexity of a large loss is.
  private func json(_ number: Double) -> JSONValue { number.isFinite ? .number(number) : .null }

  private func append(_ fields: OrderedDictionary<String, JSONValue>) throws {
    try file.append(JSONValue.map(fields).text(.line) + "\n")
  }
}

/// The losses in a log.
struct LoggedLosses {
  private(set) var training: [LossChart.Point] = []
  private(set) var evaluation: [LossChart.Point] = []
  /// The accuracy of each evaluation, by step.
  private(set) var accuracies: [Int: Double] = [:]
  private(set) var learningRates: [LossChart.Strip.Point] = []
  /// Epochs that were made after the last step, with a fraction; nil in a log that does not say.
  private(set) var epochs: Double?

  /// What is drawn below the losses: the accuracy where it was measured, and a learning rate that changes.
  var strips: [LossChart.Strip] {
    let measured = evaluation.compactMap { point in
      accuracies[point.step].map { LossChart.Strip.Point(step: point.step, value: $0) }
    }
    let accuracy =
      measured.isEmpty
      ? [] : [LossChart.Strip(name: "accuracy, evaluated", points: measured, areShares: true)]
    let changes = learningRates.contains { $0.value != learningRates.first?.value }
    return accuracy
      + (changes ? [LossChart.Strip(name: "learning rate", points: learningRates)] : [])
  }

  /// Steps of an epoch; nil where the log does not say.
  var stepsPerEpoch: Double? {
    epochs.flatMap { epochs in
      training.last.flatMap { epochs > 0 ? Double($0.step) / epochs : nil }
    }
  }

  /// Lines that cannot be read are skipped: a log may end in the middle of one.
  init(_ path: String) throws {
    let file = try MappedFile(path: path)
    defer { withExtendedLifetime(file) {} }
    for bytes in file.bytes.split(separator: UInt8(ascii: "\n")) {
      guard let line = try? JSONValue(UnsafeRawBufferPointer(rebasing: bytes)),
        let step = line["step"]?.integer
      else { continue }
      if let loss = line["loss"]?.double {
        training.append(LossChart.Point(step: step, loss: loss))
        epochs = line["epoch"]?.double
        if let rate = line["learning_rate"]?.double {
          learningRates.append(LossChart.Strip.Point(step: step, value: rate))
        }
      }
      if let loss = line["eval_loss"]?.double {
        evaluation.append(LossChart.Point(step: step, loss: loss))
        accuracies[step] = line["eval_accuracy"]?.double
      }
    }
  }
}
