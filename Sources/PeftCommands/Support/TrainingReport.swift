import Peft
import PeftBasics

/// How far a run is: a line that is written again and again on a terminal, plain lines elsewhere. A plain
/// line has the mean loss of the steps since the one before, a terminal's that of the last `log_every`.
final class TrainingReport {
  private let trainer: Trainer
  /// Which run it is, where there are several: `name: `.
  private let label: String
  private let clock = ContinuousClock()
  private var start: ContinuousClock.Instant
  private var first: Int
  private var loss: RecentLoss
  /// Whether one line says how far it came, in the end.
  private let isBrief: Bool
  private var evaluated: String?

  /// - Parameters:
  ///   - name: The run's name, where there are several.
  ///   - isBrief: Whether one line is enough, since there are very many.
  init(_ trainer: Trainer, name: String? = nil, isBrief: Bool = false) {
    self.trainer = trainer
    self.isBrief = isBrief
    label = name.map { "\($0): " } ?? ""
    start = clock.now
    first = trainer.startStep
    loss = RecentLoss(limit: trainer.recipe.logEvery)
  }

  func begin() {
    guard !isBrief else { return }
    let steps = trainer.totalSteps.counted("step")
    let place = first == 0 ? steps : "resuming after step \(first.grouped) of \(steps)"
    Terminal.note("\(label)training \(trainer.parameterCount.grouped) parameters, \(place)")
  }

  func show(_ event: TrainingEvent) {
    switch event {
    case .step(let record):
      if record.step == first + 1, record.gradientNorm == 0 {
        Terminal.warn(["all gradients are 0, and nothing is learnt: is the tuner's alpha 0?"])
      }
      loss.add(record.loss)
      if Terminal.showsStatus {
        Terminal.status(label + bar(record.step) + " " + line(record))
      } else if !isBrief, isShown(record.step) {
        Terminal.note("\(label)step \(record.step)/\(trainer.totalSteps) \(line(record))")
        loss.clear()
      }
    case .evaluated(let record) where isBrief: evaluated = measures(record, showsF1: true)
    case .evaluated(let record):
      Terminal.status("")
      Terminal.note("\(label)step \(record.step)/\(trainer.totalSteps) \(words(record))")
    case .tested(let record):
      Terminal.status("")
      let which = hasBest ? "the best adapter" : "the last adapter"
      Terminal.note("\(label)\(which) on the test data: \(measures(record, showsF1: true))")
    case .saved: break
    }
  }

  /// - Parameter command: The command that resumes a run that was stopped.
  func end(_ summary: TrainingSummary, resumingWith command: String? = nil) {
    Terminal.status("")
    if trainer.leftOutRows > 0 {
      Terminal.warn([
        "\(label)left out \(trainer.leftOutRows.counted("row")) of which no label counts: a prompt "
          + "fills sequence_length, or there is nothing after it"
      ])
    }
    warn(of: trainer.unusableRows, in: "training data")
    warn(of: trainer.unusableEvaluationRows, in: "evaluation data")
    let output = trainer.recipe.output
    guard !isBrief else {
      let words = evaluated.map { ": eval \($0)" } ?? ""
      return Terminal.note("\(label)step \(summary.steps)/\(summary.totalSteps)\(words)")
    }
    guard summary.isFinished else {
      Terminal.note(
        "\(label)stopped after step \(summary.steps) of \(summary.totalSteps); "
          + "the state is saved")
      return Terminal.note("resume with: \(command ?? "peft train --resume \(output)")")
    }
    if let stop = summary.earlyStop {
      let best =
        stop.best.map { best in
          "; the best was \(stop.metric.text(of: best))"
            + (stop.bestStep.map { " after step \($0)" } ?? "")
        } ?? ""
      Terminal.note(
        "\(label)stopped early after step \(stop.step) of \(summary.totalSteps): "
          + stop.reason + best)
    }
    let loss = loss.last.map { ", loss \($0.fixed(4))" } ?? ""
    Terminal.note(
      "\(label)trained \(summary.steps.counted("step")) in \(summary.seconds.asDuration)\(loss)")
    Terminal.note("\(label)wrote \(output): last, log.jsonl, loss.svg" + (hasBest ? ", best" : ""))
  }

  private func warn(of rows: UnusableRows, in data: String) {
    guard rows.count > 0 else { return }
    let rest = rows.count - rows.mistakes.count
    Terminal.warn([
      "\(label)left out \(rows.count.counted("row")) of the \(data) that cannot be used: "
        + rows.mistakes.map(\.summary).joined(separator: "; ")
        + (rest > 0 ? "; and \(rest.grouped) more" : "")
    ])
  }

  private var hasBest: Bool { FileWriter.isThere("\(trainer.recipe.output)/best") }

  private func line(_ record: StepRecord) -> String {
    let done = record.step - first
    let passed = (clock.now - start).inSeconds
    let left = passed / Double(max(1, done)) * Double(trainer.totalSteps - record.step)
    return
      "epoch \(record.epoch.fixed(2)) loss \(loss.mean().fixed(4)) lr \(record.learningRate.scientific) \(pace(record)) "
      + "\(left.asDuration) left"
  }

  /// Images and numbers have no tokens.
  private func pace(_ record: StepRecord) -> String {
    guard record.tokenCount == 0 else { return "\(Int(record.tokensPerSecond).grouped) tokens/s" }
    let examples = record.examplesPerSecond
    return "\(examples < 10 ? examples.fixed(1) : Int(examples).grouped) examples/s"
  }

  private func measures(_ record: EvaluationRecord, showsF1: Bool) -> String {
    var words = "loss \(record.measurement.loss.fixed(4))"
    if let accuracy = record.measurement.accuracy {
      words += " accuracy \((100 * accuracy).fixed(1)) %"
    }
    if showsF1, let f1 = record.f1 { words += " F1 \((100 * f1).fixed(1)) %" }
    if let perplexity = record.perplexity { words += " perplexity \(perplexity.fixed(2))" }
    return words
  }

  private func words(_ record: EvaluationRecord) -> String {
    let words =
      "eval \(measures(record, showsF1: trainer.recipe.earlyStopping?.metric == .f1))"
    var notes = record.isBest ? ["best"] : []
    if let patience = trainer.recipe.earlyStopping?.patience, record.countWithoutImprovement > 0 {
      notes.append("\(record.countWithoutImprovement) of \(patience) without improvement")
    }
    return words + (notes.isEmpty ? "" : " (\(notes.joined(separator: ", ")))")
  }

  private func isShown(_ step: Int) -> Bool {
    step.isMultiple(of: trainer.recipe.logEvery) || step == trainer.totalSteps || step == 1
  }

  private func bar(_ step: Int) -> String {
    let width = 20
    let filled = width * step / max(1, trainer.totalSteps)
    let cells =
      String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    return "\(cells) \(step)/\(trainer.totalSteps)"
  }
}
