import ArgumentParser
import Peft

@main struct PeftCommand: ParsableCommand {
  @Argument var model: String
  @Option(name: .customLong("tuner")) var tuner: [String] = []
  @Option var budget: Int?
  func run() throws {
    do {
      let g = try ModelDescription(model).graph()
      let c = try Comparison(
        [g], tuner.isEmpty ? nil : tuner.map { try TunerRequest($0) },
        ranks: budget.map { .nearest(to: $0) } ?? .asGiven)
      for r in c.rows {
        print(
          r.model, r.tuner, r.settings, r.targets, r.trainableParameters.grouped, r.updateRank,
          r.adapterBytes.asBytes, r.adapterBytesWithBases.asBytes, r.peftAdapterBytes.asBytes)
      }
      print(c.warnings.joined(separator: "\n"))
    } catch { print(error) }
  }
}
