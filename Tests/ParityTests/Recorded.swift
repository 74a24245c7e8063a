import OrderedCollections
import Peft
import PeftTestSupport

extension Fixture {
  /// The tensors of a safetensors file.
  static func tensors(_ name: String) throws -> [String: Tensor] {
    try SafetensorsFile(path: path(name)).tensors
  }

  /// A tiny checkpoint.
  static func checkpoint(_ name: String, threads: Int? = nil) throws -> Model {
    try Model(path("checkpoints/\(name)"), threads: threads)
  }
}

extension SafetensorsFile {
  var tensors: [String: Tensor] {
    Dictionary(uniqueKeysWithValues: names.compactMap { name in tensor(name).map { (name, $0) } })
  }
}

/// A value of a configuration in a fixture. Maps come in alphabetical order.
struct RecordedValue: Decodable {
  let value: ConfigurationValue

  private struct Key: CodingKey {
    let stringValue: String
    let intValue: Int? = nil
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(_ value: ConfigurationValue) { self.value = value }

  init(from decoder: any Decoder) throws {
    if let map = try? decoder.container(keyedBy: Key.self) {
      let entries = try map.allKeys.sorted { $0.stringValue < $1.stringValue }.map {
        ($0.stringValue, try map.decode(RecordedValue.self, forKey: $0).value)
      }
      value = .map(OrderedDictionary(uniqueKeysWithValues: entries))
      return
    }
    if var list = try? decoder.unkeyedContainer() {
      var elements: [ConfigurationValue] = []
      while !list.isAtEnd { elements.append(try list.decode(RecordedValue.self).value) }
      value = .list(elements)
      return
    }
    let scalar = try decoder.singleValueContainer()
    if scalar.decodeNil() {
      value = .null
    } else if let flag = try? scalar.decode(Bool.self) {
      value = .bool(flag)
    } else if let number = try? scalar.decode(Int.self) {
      value = .integer(number)
    } else if let number = try? scalar.decode(Double.self) {
      value = .number(number)
    } else {
      value = .text(try scalar.decode(String.self))
    }
  }
}

/// A tuner with the fields that were set, applied to a graph.
struct RecordedSettings {
  let tuner: String
  let fields: OrderedDictionary<String, ConfigurationValue>

  /// - Parameter orders: For maps whose order has a meaning, their keys in it.
  init(_ tuner: String, _ config: [String: RecordedValue], orders: [String: [String]?] = [:]) {
    self.tuner = tuner
    var fields: OrderedDictionary<String, ConfigurationValue> = [:]
    for (name, recorded) in config.sorted(by: { $0.key < $1.key }) {
      fields[name] = recorded.value
      if case .map(let map) = recorded.value, let order = orders[name] ?? nil {
        fields[name] = .map(
          OrderedDictionary(uniqueKeysWithValues: order.map { ($0, map[$0] ?? .null) }))
      }
    }
    self.fields = fields
  }

  func applied(
    to graph: Graph, from registry: TunerRegistry = .standard
  ) throws -> AdapterPlan {
    func apply<Method: Tuner>(_ tuner: Method.Type) throws -> AdapterPlan {
      try AdapterPlan(graph, tuner: Method.Configuration(fields))
    }
    return try apply(registry.tuner(named: tuner))
  }
}

extension RecordedSettings: CustomStringConvertible {
  var description: String { "\(tuner) \(ConfigurationValue.map(fields))" }
}
