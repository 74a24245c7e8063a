import CPUCore
import Peft
import PeftTensors
import PeftTestSupport
import Testing

@Suite("A model that is called several times") struct ExpectedRunsTests {
  private static let inputs = ["x": Tensor((0..<64 * 4).map { Float($0 % 7) - 3 }, shape: [4, 64])]

  private func model(_ tuner: some TunerConfiguration) throws -> Model {
    let description = try ModelDescription(
      text: """
        name: layers
        inputs:
          x: {type: numbers, shape: [batch, 64]}
        graph:
          - linear: {name: l0, out: 64, from: x}
          - linear: {name: l1, out: 64}
        outputs: {y: previous}

        """)
    let base = try Model(random: description, seed: 1, threads: 2)
    return try base.adapted(by: Adapter(tuner, for: base.graph), seed: 2)
  }

  private func values(_ model: Model) throws -> [Float] {
    try #require(try model(Self.inputs)["y"]).floats()
  }

  @Test("Its adapter is added to the weights where that is worth it, in either precision")
  func added() throws {
    for precision in Precision.allCases {
      let once = try model(LoraConfig(r: 8, targetModules: ["l0", "l1"], initLoraWeights: .random))
        .computing(in: precision)
      let often = once.expecting(runs: 1000)
      let orders = try [once, often].map { model in
        try Program(
          model.graph, shapes: ["x": [4, 64]], precision: precision, runs: model.expectedRuns
        ).updates.map(\.isBeside)
      }
      #expect(orders == [[true, true], [false, false]])
      let expected = try values(once)
      let first = try values(often)
      let tolerance: Float = precision == .f32 ? 1e-5 : 0.02
      let largest = expected.map(abs).max() ?? 0
      for (a, b) in zip(expected, first) { #expect(abs(a - b) <= tolerance * largest) }
      // What is kept from the first call is not made of other numbers in the next.
      #expect(try values(often) == first)
      #expect(often.expectedRuns == 1000 && often.precision == precision)
    }
  }

  @Test("Adapters on it are planned for as many calls, and what they add is not mixed up")
  func severalAdapters() throws {
    let base = try model(LoraConfig(r: 2, targetModules: ["l0"])).expecting(runs: 50)
    var model = PeftModel(base)
    for (seed, name) in ["a", "b"].enumerated() {
      try model.addAdapter(
        LoraConfig(r: 4, targetModules: ["l1"], initLoraWeights: .random), name: name, seed: seed)
    }
    var results: [String: [Float]] = [:]
    for _ in 1...2 {
      for name in ["a", "b"] {
        try model.setAdapter(name)
        let found = try values(model.model())
        #expect(results[name] == nil || results[name] == found)
        results[name] = found
        #expect(try model.model().expectedRuns == 50)
      }
    }
    #expect(results["a"] != results["b"])
  }
}
