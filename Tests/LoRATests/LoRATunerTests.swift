import LoRA
import PluginContract
import Testing
import TunerKit

@Suite("LoRA") struct LoRATunerTests {
  private func update(
    _ configuration: LoraConfig, kind: Module.Kind = .linear, outputs: Int, inputs: Int,
    kernel: [Int] = [], path: String = "layers.0.q"
  ) throws -> WeightUpdate {
    let site = Site(
      path: path, kind: kind, outputs: outputs, inputs: inputs, kernel: kernel)
    return try LoRATuner(configuration, sites: [site]).update(of: site)
  }

  @Test("ΔW is scale · B · A, written as loops", arguments: [false, true], [1, 3, 8])
  func formula(useRslora: Bool, r: Int) throws {
    let configuration = LoraConfig(r: r, loraAlpha: 5, useRslora: useRslora)
    let update = try update(configuration, outputs: 4, inputs: 6)
    let tensors = update.tensors.map(WeightUpdateEvaluator.trained.values)
    let (b, a) = (tensors[0], tensors[1])
    let scale = 5 / (useRslora ? Double(r).squareRoot() : Double(r))
    let expected = Numbers(shape: [4, 6]) { index in
      scale * (0..<r).reduce(0) { $0 + b[index[0], $1] * a[$1, index[1]] }
    }
    #expect(try WeightUpdateEvaluator.trained.value(of: update).distance(to: expected) < 1e-12)
  }

  @Test("Tensors have PEFT's names, shapes and first values for every kind of module")
  func tensors() throws {
    func described(_ update: WeightUpdate) -> [String: [Int]] {
      Dictionary(uniqueKeysWithValues: update.tensors.map { ($0.name, $0.shape) })
    }
    let lora = LoraConfig(r: 2)
    #expect(
      described(try update(lora, outputs: 4, inputs: 6)) == [
        "lora_A.weight": [2, 6], "lora_B.weight": [4, 2],
      ])
    #expect(
      described(try update(lora, kind: .embedding, outputs: 4, inputs: 6)) == [
        "lora_embedding_A": [2, 6], "lora_embedding_B": [4, 2],
      ])
    let convolution = try update(lora, kind: .conv2D, outputs: 4, inputs: 18, kernel: [2, 3])
    #expect(
      described(convolution) == ["lora_A.weight": [2, 3, 2, 3], "lora_B.weight": [4, 2, 1, 1]])
    let initial = convolution.tensors.map(\.initial)
    #expect(initial == [.zeros, .uniform(bound: 1 / 18.0.squareRoot())])
    let table = try update(lora, kind: .embedding, outputs: 4, inputs: 6)
    #expect(table.tensors.map(\.initial) == [.normal(deviation: 1), .zeros])
  }

  @Test("Patterns set rank and alpha by themselves, the first that fits")
  func patterns() throws {
    var configuration = LoraConfig(r: 4, loraAlpha: 8)
    configuration.rankPattern = ["0.q": 2, "q": 3]
    configuration.alphaPattern = ["1.q": 6]
    func scaled(_ path: String) throws -> (factor: Double, rank: Int?) {
      let update = try update(configuration, outputs: 9, inputs: 9, path: path)
      guard case .scaled(let factor, _) = update else { return (0, nil) }
      return (factor, update.tensors.first?.shape.last)
    }
    #expect(try scaled("layers.0.q") == (4, 2))
    #expect(try scaled("layers.1.q") == (2, 3))
    #expect(try scaled("layers.1.v") == (2, 4))
  }

  @Test("Keys of patterns that apply to nothing are named")
  func unusedKeys() throws {
    var configuration = LoraConfig()
    configuration.rankPattern = ["^q": 2]
    let site = Site(path: "layers.0.q", kind: .linear, outputs: 4, inputs: 4)
    let warnings = try LoRATuner(configuration, sites: [site]).warnings
    #expect(
      warnings == [#""^q" in rank_pattern applies to no adapted module; write "q" (1 module)"#])
  }

  @Test("Kernels that say nothing do no harm")
  func emptyKernel() throws {
    for kernel in [[], [0, 0], [.max, .max], [2]] {
      let update = try update(
        LoraConfig(r: 1), kind: .conv2D, outputs: 2, inputs: 6, kernel: kernel)
      let shape = try update.shape()
      #expect(shape == [2, 6])
    }
  }

  @Test(
    "What is not implemented is refused by name",
    arguments: [
      ("target_parameters", ConfigurationValue.list([.text("w")])),
      ("megatron_config", .map(["bits": .integer(4)])),
      ("arrow_config", .map(["top_k": .integer(3)])),
    ])
  func unsupported(field: String, value: ConfigurationValue) {
    let error = #expect(throws: ConfigurationErrors.self) { try LoraConfig([field: value]) }
    #expect(error?.errors.map(\.field) == [field])
    #expect(error?.description.contains("\(field): \(value) is not supported") == true)
  }
}
