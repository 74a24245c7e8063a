import Peft
import PeftTestSupport
import Testing

/// Tiny models, the inputs they were given, and what `transformers` or PEFT answered.
struct RecordedRun: Decodable, Sendable, CustomTestStringConvertible {
  let folder: String
  let cases: [Case]?
  let casesOf: String?
  let dtype: String?

  struct Case: Decodable, Sendable {
    let file: String
    let compare: String
  }

  private enum CodingKeys: String, CodingKey {
    case folder, cases, dtype
    case casesOf = "cases_of"
  }

  static func all() throws -> [RecordedRun] {
    try Fixture.rows("checkpoints/manifest.json", at: "folders", exactly: 154)
  }

  static func named(_ folder: String) throws -> RecordedRun {
    try #require(try all().first { $0.folder == folder }, "\(folder)")
  }

  var path: String { Fixture.path("checkpoints/\(folder)") }

  /// The cases, which a model in older files shares with the same model in new ones.
  func recordedCases() throws -> [RecordedCase] {
    let all = try Self.all()
    let owner = casesOf.flatMap { name in all.first { $0.folder == name } } ?? self
    return try (owner.cases ?? []).map { item in
      try RecordedCase(
        path: "\(owner.path)/\(item.file)", comparesAll: item.compare == "all")
    }
  }

  var testDescription: String { folder }
}

/// Inputs and the outputs that were recorded for them.
struct RecordedCase {
  let path: String
  let inputs: [String: Tensor]
  let outputs: [String: Tensor]
  /// Outputs of the model run in its own 16-bit type.
  let native: [String: Tensor]
  /// Rows that count; all where nil. What a model answers at padding means nothing.
  private let mask: [Bool]?

  init(path: String, comparesAll: Bool) throws {
    self.path = path
    let file = try SafetensorsFile(path: path)
    func tensors(_ kind: String) -> [String: Tensor] {
      var found: [String: Tensor] = [:]
      for name in file.names where name.hasPrefix("\(kind).") {
        found[String(name.dropFirst(kind.count + 1))] = file.tensor(name)
      }
      return found
    }
    (inputs, outputs, native) = (tensors("input"), tensors("output"), tensors("native"))
    let mask = inputs["decoder_attention_mask"] ?? inputs["attention_mask"]
    self.mask = comparesAll ? nil : mask?.integers()?.map { $0 != 0 }
  }

  /// What another run answered, of which every row counts.
  init(outputs: [String: Tensor]) {
    (path, inputs, native, mask) = ("", [:], [:], nil)
    self.outputs = outputs
  }

  /// The largest difference from what was recorded, over the larger of 1 and the largest entry;
  /// infinite where shapes differ or something is NaN.
  func distance(
    of found: [String: Tensor], from recorded: [String: Tensor]? = nil
  ) -> Double {
    (recorded ?? outputs).map { name, expected in
      let rows = expected.shape.count == 3 ? mask : nil
      return found[name]?.distance(from: expected, rows: rows, relativeTo: .atLeastOne) ?? .infinity
    }.max() ?? .infinity
  }
}
