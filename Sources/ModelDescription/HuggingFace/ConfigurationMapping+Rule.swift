import PeftBasics

extension ConfigurationMapping.Rule {
  /// What a field's value sets; nothing where it is null and null has no meaning of its own.
  func dimensions(
    from node: DocumentNode, field: String, _ warnings: inout [ConfigurationWarning]
  ) throws -> [ConfiguredDimension] {
    switch self {
    case .ignored: return []
    case .only(let supported, let reason):
      for value in node.elements ?? [node] where !value.isNull {
        if supported.contains(where: { Self.isSame($0, value) }) { continue }
        guard let reason else { throw unsupported(value, field: field, supported: supported) }
        let text = value.scalar?.text ?? value.kindName
        warnings.append(
          ConfigurationWarning(.passedOver(field, value: text, reason: reason), at: value.range))
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
    case .square:
      let sides = node.elements ?? [node]
      guard let side = sides.first?.integer, sides.allSatisfy({ $0.integer == side }) else {
        throw unsupported(
          node, field: field, supported: ["a whole number", "a list of equal ones"])
      }
      return ConfiguredDimension(name: name, value: .integer(side), range: node.range)
    case .numbers:
      let numbers = try (node.elements ?? [node]).map { element in
        guard let text = element.scalar?.number else {
          throw unsupported(element, field: field, supported: ["numbers"])
        }
        return text
      }
      return list(name, numbers, node)
    case .entries(let words):
      guard let elements = node.elements else {
        throw unsupported(node, field: field, supported: ["a list"])
      }
      let entries = try elements.map { element in
        guard let word = words[element.string ?? ""]?.scalar?.text else {
          throw unsupported(element, field: field, supported: words.keys.sorted())
        }
        return word
      }
      return list(name, entries, node)
    case .words(let words):
      guard let translated = words[node.scalar?.text ?? node.kindName] else {
        throw unsupported(node, field: field, supported: words.keys.sorted())
      }
      return try ConfiguredDimension(name: name, node: translated, range: node.range)
    }
  }

  private func list(
    _ name: String, _ entries: [String], _ node: DocumentNode
  ) -> ConfiguredDimension {
    ConfiguredDimension(
      name: name, value: .text(entries.joined(separator: " ")), range: node.range)
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

extension Scalar {
  /// A number as text.
  fileprivate var number: String? {
    switch value {
    case .integer, .number: text
    default: nil
    }
  }
}
