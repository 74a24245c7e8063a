import Peft

/// How far a bake-off is: each contestant's run as `peft train` shows it, under its name.
final class BakeoffReport {
  private let bakeoff: Bakeoff
  private var current: TrainingReport?

  init(_ bakeoff: Bakeoff) { self.bakeoff = bakeoff }

  func show(_ event: Bakeoff.Event) {
    switch event {
    case .began(let contestant, let trainer):
      let report = TrainingReport(trainer, name: contestant.name)
      Terminal.warn(trainer.warnings)
      report.begin()
      current = report
    case .training(_, let event): current?.show(event)
    case .ended(_, let summary):
      current?.end(summary, resumingWith: "peft bakeoff --resume \(bakeoff.path)")
    case .failed(let contestant, let error):
      Terminal.status("")
      Terminal.warn(["\(contestant.name): \(error)"])
    }
  }
}
