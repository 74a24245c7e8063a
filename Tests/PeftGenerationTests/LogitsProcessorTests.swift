import PeftTestSupport
import Testing

@testable import PeftGeneration

@Suite("What logits become before a token is chosen") struct LogitsProcessorTests {
  struct Row: Decodable, Sendable, CustomTestStringConvertible {
    let processor: String
    let value: Double
    let text: [Int]
    let before: [Float]
    /// Nil for −inf.
    let after: [Float?]

    var testDescription: String { "\(processor) \(value) of \(before.count)" }

    func made() throws -> any LogitsProcessor {
      var settings = SamplingSettings(isSampling: true)
      switch processor {
      case "repetition_penalty": settings.repetitionPenalty = value
      case "temperature": settings.temperature = value
      case "top_k": settings.topK = Int(value)
      case "top_p": settings.topP = value
      case "min_p": settings.minP = value
      default: break
      }
      return try #require((settings.penalties + settings.warpers).first)
    }
  }

  static let rows: [Row] =
    (try? Fixture.rows("generation.json", at: "processors", exactly: 26)) ?? []

  @Test("All rows of the fixture are there")
  func count() { #expect(Self.rows.count == 26) }

  @Test("They are what transformers makes of them", arguments: rows)
  func equalsTransformers(row: Row) throws {
    var logits = row.before
    try row.made().process(&logits, after: row.text)
    for (found, expected) in zip(logits, row.after) {
      if let expected {
        #expect(abs(found - expected) <= 1e-6 * max(1, abs(expected)))
      } else {
        #expect(found == -.infinity)
      }
    }
  }

  @Test("Tokens are drawn by their probabilities", arguments: [1.0, 0.5])
  func drawing(temperature: Double) throws {
    let logits: [Float] = [0.3, -1.2, 2, 0.9, -0.4, 1.1]
    let settings = SamplingSettings(isSampling: true, temperature: temperature, seed: 7)
    let expected = logits.map { $0 / Float(temperature) }.softmax
    var sampler = Sampler(settings, row: 0)
    let draws = 20_000
    var counts = [Int](repeating: 0, count: logits.count)
    for _ in 0..<draws {
      let token = sampler.next(logits, after: [])
      counts[try #require(token)] += 1
    }
    let chiSquare = zip(counts, expected).reduce(0) { sum, pair in
      let mean = Double(pair.1) * Double(draws)
      return sum + (Double(pair.0) - mean) * (Double(pair.0) - mean) / mean
    }
    // Five degrees of freedom: one draw in a thousand is above 20.5.
    #expect(chiSquare < 20.5)
  }

  @Test("Seed and row determine what is drawn")
  func seeds() {
    func drawn(seed: Int, row: Int) -> [Int?] {
      var sampler = Sampler(SamplingSettings(isSampling: true, seed: seed), row: row)
      return (0..<20).map { _ in sampler.next([0, 1, 0.5, 0.2], after: []) }
    }
    #expect(drawn(seed: 1, row: 0) == drawn(seed: 1, row: 0))
    #expect(drawn(seed: 1, row: 0) != drawn(seed: 2, row: 0))
    #expect(drawn(seed: 1, row: 0) != drawn(seed: 1, row: 1))
  }

  @Test("NaN is no token")
  func notANumber() {
    var sampler = Sampler(SamplingSettings(), row: 0)
    #expect(sampler.next([0, .nan, 1], after: []) == nil)
    #expect(sampler.next([-.infinity, -.infinity], after: []) == nil)
    #expect(sampler.next([0, 2, 2], after: []) == 1)
  }
}
