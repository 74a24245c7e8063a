import PeftAdapters
import PeftBasics
import PeftCheckpoints
import PeftGeneration
import PeftReports

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

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
      ("step", "\(record.step)"), ("loss", "\(record.loss)"),
      ("learning_rate", "\(record.learningRate)"), ("grad_norm", "\(record.gradientNorm)"),
      ("tokens_per_second", "\((10 * record.tokensPerSecond).rounded() / 10)"),
    ])
  }

  func append(_ record: EvaluationRecord) throws {
    let measured = record.measurement
    var fields = [("step", "\(record.step)"), ("eval_loss", json(measured.loss))]
    if let accuracy = measured.accuracy { fields.append(("eval_accuracy", json(accuracy))) }
    if let perplexity = record.perplexity { fields.append(("eval_perplexity", json(perplexity))) }
    try append(fields)
  }

  func flush() throws { try file.flush() }

  /// JSON has no infinity, which the perplexity of a large loss is.
  private func json(_ number: Double) -> String { number.isFinite ? "\(number)" : "null" }

  private func append(_ fields: [(name: String, value: String)]) throws {
    let body = fields.map { "\"\($0.name)\": \($0.value)" }.joined(separator: ", ")
    try file.append("{\(body)}\n")
  }
}

/// The losses in a log.
struct LoggedLosses {
  private(set) var training: [LossChart.Point] = []
  private(set) var evaluation: [LossChart.Point] = []
  /// The share that an evaluation found right, by its step.
  private(set) var accuracies: [Int: Double] = [:]

  private struct Line: Decodable {
    let step: Int
    let loss: Double?
    let evalLoss: Double?
    let evalAccuracy: Double?
  }

  /// Lines that cannot be read are passed over: a log may end in the middle of one.
  init(_ path: String) throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    for text in text.split(separator: "\n") {
      guard let line = try? decoder.decode(Line.self, from: Data(text.utf8)) else { continue }
      if let loss = line.loss { training.append(LossChart.Point(step: line.step, loss: loss)) }
      if let loss = line.evalLoss {
        evaluation.append(LossChart.Point(step: line.step, loss: loss))
        accuracies[line.step] = line.evalAccuracy
      }
    }
  }
}
