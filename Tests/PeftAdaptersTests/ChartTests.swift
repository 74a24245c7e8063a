import Peft
import PeftReports
import PeftTestSupport
import Testing

@testable import struct PeftReports.LabelLayout
@testable import struct PeftReports.LogarithmicAxis

@Suite("Chart") struct ChartTests {
  private func chart(_ models: [Graph], _ tuners: [String]) throws -> ParameterChart {
    try Comparison(models, tuners.map { try TunerRequest($0) }).chart()
  }

  @Test("There is a line for each model and tuner, and a point for each setting")
  func elements() throws {
    let models = try ["distilgpt2", "gpt2"].map { try ModelDescription($0).graph() }
    let svg = try chart(models, ["lora:r=4|16", "randlora:r=32"]).svg
    let reader = try #require(SVGReader.read(svg))
    #expect(reader.elements["circle"] == 6)
    #expect(reader.text.contains("gpt2 · randlora"))
    #expect(reader.text.contains("trainable parameters"))
    #expect(reader.text.contains("rank r"))
  }

  @Test("Settings that do not change the counts share a line")
  func sharedLine() throws {
    let svg = try chart(
      [ModelDescription("gpt2").graph()], ["randlora:r=8,randlora_alpha=160", "randlora:r=32"]
    ).svg
    #expect(try #require(SVGReader.read(svg)).elements["polyline"] == 1)
  }

  @Test("Different targets of one tuner are told apart")
  func targets() throws {
    let svg = try chart(
      [ModelDescription("gpt2").graph()],
      ["lora:target_modules=[c_attn]", "lora:target_modules=[c_fc,c_proj]"]
    ).svg
    let text = try #require(SVGReader.read(svg)).text
    #expect(text.contains("lora: c_attn") && text.contains("lora: c_fc, c_proj"))
  }

  @Test("Names of models cannot break the document")
  func escaping() throws {
    let graph = try TestModel.layers([8, 8], name: #""a<b>&'\"\u0001</svg>""#)
    let svg = try chart([graph], ["lora:target_modules=[l0]"]).svg
    #expect(try #require(SVGReader.read(svg)).text.contains("a<b>&'\"\u{FFFD}</svg>"))
  }

  @Test("A single rank, and ranks beyond the range, have a place", arguments: [1, 8, 1_000_000])
  func extremes(rank: Int) throws {
    let svg = try chart([TestModel.layers([1, 1])], ["lora:r=\(rank),target_modules=[l0]"]).svg
    #expect(try #require(SVGReader.read(svg)).elements["circle"] == 1)
    #expect(!svg.contains("nan") && !svg.contains("inf"))
  }

  @Test("Ticks are powers of two and of ten, few enough to be read")
  func ticks() {
    let ranks = LogarithmicAxis([1, 16384], from: 0, to: 600)
    #expect(ranks.powersOfTwo(atMost: 20) == (0...14).map { 1 << $0 })
    #expect(ranks.powersOfTwo(atMost: 8) == [1, 4, 16, 64, 256, 1024, 4096, 16384])
    #expect(
      LogarithmicAxis([900, 2_000_000], from: 0, to: 1).decades() == [
        1000, 10_000, 100_000, 1_000_000,
      ])
    #expect(LogarithmicAxis([900, 6000], from: 0, to: 1).decades() == [1000, 2000, 5000])
  }

  @Test("Labels keep their distance and stay within the picture")
  func labels() {
    let places = LabelLayout.spread([50, 52, 51, 99], distance: 10, within: 0...100)
    #expect(places == [50, 70, 60, 99])
    let low = LabelLayout.spread([99, 100, 98], distance: 10, within: 0...100)
    #expect(low == [90, 100, 80])
  }
}
