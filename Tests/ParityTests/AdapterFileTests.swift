import OrderedCollections
import Peft
import PeftBasics
import PeftCheckpoints
import Testing

/// The files that PEFT writes for small models: every tensor in its place, every byte counted.
@Suite("Adapter files are PEFT's") struct AdapterFileTests {
  @Test("Tensors, header and length", arguments: try AdapterFileRow.all.get())
  func file(row: AdapterFileRow) throws {
    let model = try row.model()
    let contents = AdapterContents(asWrittenByPEFT: model.adapter, of: model.base)
    let layout = try SafetensorsLayout(
      contents.entries.map {
        SafetensorsLayout.Entry(name: $0.name, shape: $0.shape, type: NumberType(row.element))
      }, metadata: row.metadata)

    let tensors = layout.entries.map { "\($0.name) \($0.type) \($0.shape)" }
    #expect(tensors == row.tensors.map(\.description), "\(row)")
    #expect(layout.headerBytes == row.headerBytes, "\(row)")
    #expect(layout.fileBytes == row.bytes, "\(row)")
    #expect(model.trainableParameters == row.trainable, "\(row)")
    if row.element == .float32 { #expect(model.budget.peftAdapterBytes == row.bytes, "\(row)") }
  }

  /// What PEFT adds from what it knows of Python, and the version that wrote the file.
  private static let added: Set = ["auto_mapping", "base_model_name_or_path", "peft_version"]

  @Test("The configuration, field by field", arguments: try AdapterFileRow.all.get())
  func configuration(row: AdapterFileRow) throws {
    var ours = try row.model().adapter.configuration.values
    // A file is written for those who use the adapter, not for those who go on training it.
    #expect(ours["inference_mode"] == .bool(false))
    ours["inference_mode"] = .bool(true)
    #expect(Set(ours.keys) == Set(row.adapterConfig.keys), "\(row)")
    for (name, theirs) in row.adapterConfig where !Self.added.contains(name) {
      let value = try #require(ours[name])
      #expect(value.comparable == theirs.value.comparable, "\(name) of \(row)")
    }
  }

  @Test(
    "A configuration that PEFT wrote reads, and is written as it was",
    arguments: try AdapterFileRow.all.get())
  func written(row: AdapterFileRow) throws {
    let fields = row.adapterConfig.mapValues(\.value)
    func rewritten<Method: Tuner>(
      _ tuner: Method.Type
    ) throws -> OrderedDictionary<String, ConfigurationValue> {
      try Method.Configuration(OrderedDictionary(uniqueKeysWithValues: fields.map { $0 })).values
    }
    let ours = try rewritten(TunerRegistry.standard.tuner(named: row.tuner))
    for (name, theirs) in fields {
      #expect(ours[name]?.comparable == theirs.comparable, "\(name) of \(row)")
    }
  }
}

extension ConfigurationValue {
  /// The value as it compares with one that went through Python: 8 is 8.0, and a map has no order.
  fileprivate var comparable: ConfigurationValue {
    switch self {
    case .integer(let number): .number(Double(number))
    case .list(let list): .list(list.map(\.comparable))
    case .map(let map):
      .map(
        OrderedDictionary(
          uniqueKeysWithValues: map.sorted { $0.key < $1.key }.map { ($0.key, $0.value.comparable) }
        )
      )
    default: self
    }
  }
}
