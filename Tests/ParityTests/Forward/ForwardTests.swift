import Peft
import PeftBasics
import PeftTestSupport
import Testing

/// `Tests/Fixtures/generate/checkpoints.py` made the models and their answers.
@Suite("Running checkpoints") struct ForwardTests {
  @Test("A checkpoint answers as transformers does", arguments: try RecordedRun.all())
  func parity(run: RecordedRun) throws {
    let model = try Model(run.path)
    let cases = try run.recordedCases()
    #expect(!cases.isEmpty)
    for item in cases {
      let distance = item.distance(of: try model(item.inputs))
      // 32-bit sums in another order; eager PyTorch is as far from 64-bit results.
      #expect(distance <= 5e-6, "\(item.path)")
    }
  }

  @Test(
    "16-bit weights answer within the precision of their type",
    arguments: try RecordedRun.all().filter { $0.dtype != nil }.exactly(14, "checkpoints"))
  func halfPrecision(run: RecordedRun) throws {
    let model = try Model(run.path)
    let tolerance = run.dtype == "float16" ? 5e-3 : 4e-2
    for item in try run.recordedCases() {
      let distance = item.distance(of: try model(item.inputs), from: item.native)
      #expect(distance <= tolerance, "\(item.path)")
    }
  }

  @Test("The number of threads does not change a bit", arguments: ["gpt2", "llama-grouped", "t5"])
  func threads(folder: String) throws {
    for item in try RecordedRun.named(folder).recordedCases() {
      let results = try [1, 2, 3].map { try Fixture.checkpoint(folder, threads: $0)(item.inputs) }
      for result in results {
        #expect(result.mapValues { $0.floats() } == results[0].mapValues { $0.floats() })
      }
    }
  }
}
