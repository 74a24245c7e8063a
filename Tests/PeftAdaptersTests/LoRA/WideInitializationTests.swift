import Peft
import PeftTestSupport
import Testing

/// PEFT takes as many directions as the weight has, and keeps the scale of the rank that was asked for.
@Suite("LoRA that starts from a weight with a rank above it") struct WideInitializationTests {
  @Test(
    "The factors have the weight's own rank, the scale has r, and nothing changes at first",
    arguments: [LoraInitialization.pissa(iterations: nil), .olora])
  func directions(start: LoraInitialization) throws {
    let graph = try TestModel.layers([5, 7, 3])
    let base = try Model(
      random: ModelDescription(
        text: """
          name: two
          inputs:
            x: {type: numbers, shape: [batch, 5]}
          graph:
            - linear: {name: l0, out: 7, from: x}
            - linear: {name: l1, out: 3}
          outputs: {y: previous}

          """), seed: 4)
    #expect(base.graph.parameters.map(\.shape) == graph.parameters.map(\.shape))
    let tuner = LoraConfig(
      r: 16, targetModules: ["l0", "l1"], loraAlpha: 8, initLoraWeights: start)
    let weights = try AdapterWeights(Adapter(tuner, for: base.graph), on: base)
    let shapes = Dictionary(
      uniqueKeysWithValues: weights.tensors.map { ($0.key, $0.value.shape) })
    #expect(shapes["l0.lora_A.default.weight"] == [5, 5])
    #expect(shapes["l0.lora_B.default.weight"] == [7, 5])
    #expect(shapes["l1.lora_A.default.weight"] == [3, 7])
    #expect(shapes["l1.lora_B.default.weight"] == [3, 3])
    let inputs = ["x": Tensor([1, -2, 0.5, 3, -1] as [Float], shape: [1, 5])]
    var model = PeftModel(base)
    try model.add(weights)
    #expect(OutputDifference(try model(inputs), try base(inputs)).relative < 1e-5)
    // All of the weight is in the factors: scale · B · A = W with a scale of 8 / 16.
    let b = try #require(weights.tensors["l0.lora_B.default.weight"]).floats()
    let a = try #require(weights.tensors["l0.lora_A.default.weight"]).floats()
    let id = try #require(base.graph.parameter(named: "l0.weight"))
    let w = try #require(base.tensor(of: id)).floats()
    if start == .olora { return }
    for row in 0..<7 {
      for column in 0..<5 {
        let product = (0..<5).reduce(Float(0)) { $0 + b[row * 5 + $1] * a[$1 * 5 + column] }
        #expect(abs(0.5 * product - w[row * 5 + column]) < 1e-5)
      }
    }
  }
}
