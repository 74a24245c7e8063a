import Peft

/// How far a bake-off is: each contestant's run as `peft train` shows it, under its name.
final class BakeoffReport {
  private let bakeoff: Bakeoff
  private var current: TrainingReport?
  /// Warnings that were shown: runs have most of them in common.
  private var known: Set<String> = []

  init(_ bakeoff: Bakeoff) { self.bakeoff = bakeoff }

  func show(_ event: Bakeoff.Event) {
    switch event {
    case .began(let run, let trainer):
      let report = TrainingReport(
        trainer, name: run.name, isBrief: bakeoff.search.hasManyRuns)
      Terminal.warn(trainer.warnings.filter { known.insert($0).inserted })
      report.begin()
      current = report
    case .training(_, let event): current?.show(event)
    case .ended(_, let summary):
      current?.end(summary, resumingWith: "peft bakeoff --resume \(bakeoff.path)")
      // The run may be resumed next, and its folder belongs to one trainer at a time.
      current = nil
    case .failed(let run, let error):
      current = nil
      Terminal.status("")
      Terminal.warn(["\(run.name): \(error)"])
    case .retaining(let number, let count):
      Terminal.status("measuring what was forgotten: \(number) of \(count)")
      if number == count { Terminal.status("") }
    }
  }
}
