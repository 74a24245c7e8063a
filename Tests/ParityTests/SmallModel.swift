import Foundation
import Peft
import PeftTestSupport
import Testing

/// A bundled model made small, and an adapter's settings for it, as fixtures record them.
struct SmallModel: Decodable, CustomStringConvertible {
  let bundled: String
  let overrides: [String: Int]
  let tuner: String
  let config: [String: RecordedValue]

  private enum CodingKeys: String, CodingKey {
    case overrides, tuner, config
    case bundled = "model"
  }

  var settings: RecordedSettings { RecordedSettings(tuner, config) }
  var description: String { "\(settings) on \(bundled)" }

  /// The adapted model, from a checkpoint's folder with the overridden `config.json`.
  func adapted() throws -> AdapterPlan {
    let source = try Fixture.bytes("configs/\(bundled).json")
    var fields = try #require(
      try JSONSerialization.jsonObject(with: source) as? [String: Any])
    for (name, number) in overrides { fields[name] = number }
    // transformers derives the size of a head, and writes down what it was before.
    if overrides["hidden_size"] != nil, overrides["head_dim"] == nil { fields["head_dim"] = nil }
    // transformers keeps as many labels as there are names for them.
    if let labels = overrides["num_labels"] {
      fields["num_labels"] = nil
      fields["id2label"] = Dictionary(uniqueKeysWithValues: (0..<labels).map { ("\($0)", "\($0)") })
      fields["label2id"] = Dictionary(uniqueKeysWithValues: (0..<labels).map { ("\($0)", $0) })
    }
    let folder = try TemporaryFolder()
    try folder.file("config.json", JSONSerialization.data(withJSONObject: fields))
    return try settings.applied(to: ModelDescription(folder.path).graph())
  }
}
