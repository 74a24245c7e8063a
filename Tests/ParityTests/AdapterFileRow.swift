import Peft
import PeftTestSupport
import Testing

/// A small model with an adapter, and what PEFT wrote to its folder.
struct AdapterFileRow: Decodable, CustomStringConvertible {
  static let all = Result {
    try Fixture.rows("adapter_files.json", at: "rows", as: AdapterFileRow.self, exactly: 36)
  }

  struct Tensor: Decodable, CustomStringConvertible {
    let description: String

    init(from decoder: any Decoder) throws {
      var parts = try decoder.unkeyedContainer()
      let (name, type) = (try parts.decode(String.self), try parts.decode(String.self))
      description = "\(name) \(type) \(try parts.decode([Int].self))"
    }
  }

  let bundled: String
  let overrides: [String: Int]
  let tuner: String
  let config: [String: RecordedValue]
  let dtype: String?
  let castsToFloat: Bool?
  let bytes: Int
  let headerBytes: Int
  let metadata: [String: String]
  let trainable: Int
  let tensors: [Tensor]
  let adapterConfig: [String: RecordedValue]

  private enum CodingKeys: String, CodingKey {
    case overrides, tuner, config, dtype, bytes, metadata, trainable, tensors
    case bundled = "model"
    case castsToFloat = "autocast_adapter_dtype"
    case headerBytes = "header_bytes"
    case adapterConfig = "adapter_config"
  }

  var settings: RecordedSettings { RecordedSettings(tuner, config) }
  var description: String { "\(settings) on \(bundled)" }

  /// The type that tensors are stored in: adapters are 32-bit unless PEFT was told not to cast.
  var element: ElementType { dtype == "bfloat16" && castsToFloat == false ? .bfloat16 : .float32 }

  func model() throws -> AdapterPlan {
    try SmallModel(
      bundled: bundled, overrides: overrides, tuner: tuner, config: config
    ).adapted()
  }
}
