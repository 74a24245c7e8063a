import Foundation
import Peft
import PeftTestSupport
import Testing

@Suite("Plain LoRA") struct PlainLoRATests {
  @Test(
    "An exported adapter answers as the original, by r and lora_alpha alone",
    arguments: try RecordedAdapter.all().filter { adapter in
      try adapter.isProduct && adapter.configuration.options.layerReplication == nil
    }.exactly(79, "adapters"))
  func answers(adapter: RecordedAdapter) throws {
    let base = try adapter.base()
    let weights = try AdapterFolder(adapter.path).weights(for: base)
    let plain = try PlainLoRA(weights, on: base)
    let scratch = try TemporaryFolder()
    let path = scratch.path("plain")
    guard plain.leftOut.isEmpty else {
      let isOfEmbeddings = weights.adapter.updates.allSatisfy { $0.site.kind == .embedding }
      let error = #expect(throws: PlainLoRAError.self) { try plain.adapter() }
      #expect(error == .incomplete(plain.leftOut))
      if isOfEmbeddings {
        let error = #expect(throws: PlainLoRAError.self) { try plain.adapter(dropping: true) }
        #expect(error == .nothingLeft)
      } else {
        try plain.adapter(dropping: true).write(to: path, on: base.graph)
        try checkFiles(path)
      }
      return
    }
    try plain.adapter().write(to: path, on: base.graph)
    try checkFiles(path)
    let item = try adapter.recordedCase()
    let answer = try AdapterFolder(path).applied(to: base)(item.inputs)
    #expect(item.distance(of: answer) <= RecordedAdapter.tolerance)
  }

  /// Checks that nothing but `r` and `lora_alpha` is needed to read an adapter.
  private func checkFiles(_ path: String) throws {
    let text = try Data(contentsOf: URL(fileURLWithPath: "\(path)/adapter_config.json"))
    let config = try #require(
      try JSONSerialization.jsonObject(with: text) as? [String: Any])
    let r = try #require(config["r"] as? Int)
    #expect(config["lora_alpha"] as? Int == r)
    #expect((config["rank_pattern"] as? [String: Any])?.isEmpty == true)
    #expect((config["alpha_pattern"] as? [String: Any])?.isEmpty == true)
    for flag in ["use_rslora", "use_dora", "lora_bias"] {
      #expect(config[flag] as? Bool == false, "\(flag)")
    }
    #expect(config["init_lora_weights"] as? Bool == true)
    #expect(config["bias"] as? String == "none")
    #expect(config["target_modules"] is [String])
    for field in ["modules_to_save", "exclude_modules", "layers_to_transform", "layers_pattern"] {
      #expect(config[field] is NSNull, "\(field)")
    }
    let file = try SafetensorsFile(path: "\(path)/adapter_model.safetensors")
    for name in file.names {
      let shape = try #require(file.tensor(name)?.shape)
      if name.hasSuffix(".lora_A.weight") {
        #expect(shape[0] == r)
      } else {
        #expect(name.hasSuffix(".lora_B.weight") && shape[1] == r)
      }
    }
  }
}
