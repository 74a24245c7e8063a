extension ConfigurationValue: Encodable {
  /// The value as it is, maps without their order.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let flag): try container.encode(flag)
    case .integer(let number): try container.encode(number)
    case .number(let number): try container.encode(number)
    case .text(let text): try container.encode(text)
    case .list(let list): try container.encode(list)
    case .map(let map):
      try container.encode(Dictionary(uniqueKeysWithValues: map.map { ($0.key, $0.value) }))
    }
  }
}
