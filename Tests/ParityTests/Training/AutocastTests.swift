import Peft
import PeftTestSupport
import Testing

/// Loss curves in bfloat16 beside those of PEFT in single precision; see
/// `Tests/Fixtures/generate/autocast.py`.
@Suite("Training in bfloat16") struct AutocastTests {
  /// What PEFT's autocast makes of a recorded training.
  private struct Recorded: Decodable {
    let name: String
    /// The mean over all steps of the relative distance of the loss.
    let distance: Double
  }

  private static func distance(_ row: RecordedTraining) throws -> Double {
    let (training, pool) = (try row.training(precision: .bf16), try row.pool())
    let gaps = try (0..<row.steps).map { step in
      let result = try training.step(
        row.batches(ofStep: step, in: pool), learningRate: row.learningRate(step: step),
        seed: UInt64(step))
      return abs(result.loss / row.losses[step] - 1)
    }
    return gaps.reduce(0, +) / Double(gaps.count)
  }

  @Test("The curves are no further from PEFT's in 32 bits than those of PEFT's own autocast")
  func curves() throws {
    let recorded: [Recorded] = try Fixture.rows(
      "training/autocast.json", at: "cases", exactly: 144)
    let distances = Dictionary(uniqueKeysWithValues: recorded.map { ($0.name, $0.distance) })
    let rows = try RecordedTraining.all()
    var sums: [String: (own: Double, theirs: Double, count: Int)] = [:]
    for row in rows {
      let theirs = try #require(distances[row.name])
      let own = try Self.distance(row)
      // Of a single curve chance decides.
      #expect(own <= max(3 * theirs, 1e-3), "\(row.name): \(own), autocast \(theirs)")
      let group = String(row.name.prefix { $0 != "-" }) + (row.isSteep ? " RandLora" : " LoRA")
      let sum = sums[group] ?? (0, 0, 0)
      sums[group] = (sum.own + own, sum.theirs + theirs, sum.count + 1)
    }
    let all = sums.values.reduce((0, 0)) { ($0.0 + $1.own, $0.1 + $1.theirs) }
    #expect(all.0 <= all.1, "\(all.0) beside \(all.1)")
    for (group, sum) in sums {
      #expect(sum.own <= 1.5 * sum.theirs, "\(group): \(sum)")
    }
  }
}
