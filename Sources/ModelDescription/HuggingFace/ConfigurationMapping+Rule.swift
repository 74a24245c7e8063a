import PeftBasics

extension ConfigurationMapping.Rule {
  /// What a field's value sets; nothing where it is null and null has no meaning of its own.
  func dimensions(from node: DocumentNode, field: String) throws -> [ConfiguredDimension] {
    switch self {
    case .ignored: return []
    case .only(let supported):
      for value in node.elements ?? [node] where !value.isNull {
        guard supported.contains(where: { Self.isSame($0, value) }) else {
          throw unsupported(value, field: field, supported: supported)
        }
      }
      return []
    case .dimension(let name, let translation, let none):
      guard !node.isNull else {
        return none.map {
          [ConfiguredDimension(name: name, asWritten: $0, range: node.range)]
        } ?? []
      }
      return [try dimension(name, translation, node, field: field)]
    }
  }

  private func dimension(
    _ name: String, _ translation: ConfigurationMapping.Translation, _ node: DocumentNode,
    field: String
  ) throws -> ConfiguredDimension {
    switch translation {
    case .none: return try ConfiguredDimension(name: name, node: node, range: node.range)
    case .count:
      let count = node.entries?.count ?? node.elements?.count ?? 0
      return ConfiguredDimension(name: name, value: .integer(count), range: node.range)
    case .start(let value):
      let start = try start(ofRun: value, in: node, field: field)
      return ConfiguredDimension(name: name, value: .integer(start), range: node.range)
    case .words(let words):
      guard let translated = words[node.scalar?.text ?? node.kindName] else {
        throw unsupported(node, field: field, supported: words.keys.sorted())
      }
      return try ConfiguredDimension(name: name, node: translated, range: node.range)
    }
  }

  /// How many elements of a list of full layers come before those of another kind, which must be
  /// the last ones.
  private func start(ofRun value: String, in node: DocumentNode, field: String) throws -> Int {
    guard let elements = node.elements else {
      throw unsupported(node, field: field, supported: ["a list"])
    }
    let start = elements.firstIndex { $0.string == value } ?? elements.count
    for (index, element) in elements.enumerated() {
      guard element.string == (index < start ? "full_attention" : value) else {
        throw unsupported(element, field: field, supported: ["full_attention, then \(value)"])
      }
    }
    return start
  }

  /// Whether a value is the one written in a description; 0 and 0.0 are the same.
  private static func isSame(_ written: String, _ node: DocumentNode) -> Bool {
    guard let scalar = node.scalar else { return false }
    if scalar.text == written { return true }
    switch (Scalar(text: written, isQuoted: false).value, scalar.value) {
    case (.integer(let a), .number(let b)): return Double(a) == b
    case (.number(let a), .integer(let b)): return a == Double(b)
    case (.number(let a), .number(let b)): return a == b
    default: return false
    }
  }

  private func unsupported(
    _ node: DocumentNode, field: String, supported: [String]
  ) -> DescriptionError {
    DescriptionError(
      LoadingProblem.unsupportedValue(
        field: field, value: node.scalar?.text ?? node.kindName, supported: supported),
      at: node.range)
  }
}
