import Peft
import PeftTestSupport
import Testing

/// PEFT's account of models with adapters; see `Tests/Fixtures/generate/status.py`.
struct RecordedStatus: Decodable, Sendable, CustomTestStringConvertible {
  let checkpoint: String
  let adapters: [[String]]
  let actions: [[RecordedValue]]
  let status: [String: RecordedValue]
  let layers: [[String: RecordedValue]]

  static func all() throws -> [RecordedStatus] {
    try Fixture.rows("status.json", at: "rows", exactly: 19)
  }

  var testDescription: String {
    "\(adapters.map { $0[1] }) \(actions.map { $0.map { "\($0.value)" } })"
  }

  func model() throws -> PeftModel {
    var model = PeftModel(try Fixture.checkpoint(checkpoint))
    for adapter in adapters {
      try model.loadAdapter(Fixture.path("adapted/\(adapter[1])"), as: adapter[0])
    }
    for action in actions { try perform(action.map(\.value), on: &model) }
    return model
  }

  private func perform(_ action: [ConfigurationValue], on model: inout PeftModel) throws {
    let names: [String]? = try action.dropFirst().first.map { value in
      guard case .list(let list) = value else { return [try #require(Self.text(value))] }
      return try list.map { try #require(Self.text($0)) }
    }
    switch Self.text(action[0]) {
    case "merge_adapter": try model.mergeAdapter(names)
    case "unmerge_adapter": model.unmergeAdapter()
    case "set_adapter": try model.setAdapters(#require(names))
    case "delete_adapter": try model.deleteAdapter(#require(names?.first))
    case "disable_adapter_layers": model = model.disableAdapters { $0 }
    default: Issue.record("\(action)")
    }
  }

  private static func text(_ value: ConfigurationValue) -> String? {
    if case .text(let text) = value { text } else { nil }
  }
}

@Suite("Status") struct StatusTests {
  @Test("The model's status is PEFT's, where that is regular", arguments: try RecordedStatus.all())
  func model(recorded: RecordedStatus) throws {
    let status = try recorded.model().adapterStatus
    func expect(_ field: String, _ value: ConfigurationValue) throws {
      let expected = try #require(recorded.status[field], "\(field)").value
      if expected != .text("irregular") { #expect(value == expected, "\(field)") }
    }
    func list(_ names: [String]) -> ConfigurationValue { .list(names.map { .text($0) }) }
    try expect("enabled", .bool(status.isEnabled))
    try expect("active_adapters", list(status.activeAdapters))
    try expect("merged_adapters", list(status.mergedAdapters))
    try expect("available_adapters", list(status.availableAdapters))
    try expect("num_adapter_layers", .integer(status.layers))
    try expect("total_params", .integer(status.totalParameters))
    try expect("peft_types", .map(status.tuners.mapValues { .text($0) }))
  }

  @Test("Every layer's status is PEFT's", arguments: try RecordedStatus.all())
  func layers(recorded: RecordedStatus) throws {
    let layers = try recorded.model().layerStatus
    let names = recorded.layers.map { ConfigurationValue.text("\($0["name"]?.value ?? .null)") }
    #expect(layers.map { .text("\"model.\($0.path)\"") } == names)
    for (layer, expected) in zip(layers, recorded.layers) {
      let available = ConfigurationValue.list(layer.availableAdapters.map { .text($0) })
      #expect(available == expected["available_adapters"]?.value, "\(layer.path)")
      #expect(.bool(layer.isEnabled) == expected["enabled"]?.value, "\(layer.path)")
    }
  }
}
