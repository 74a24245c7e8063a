import PeftBasics

extension ConfigurationMapping {
  /// The fields of a configuration that count: a field under another name takes the place of the one that
  /// it is the same as, as in transformers.
  func countingFields(
    of root: DocumentNode, _ warnings: inout [ConfigurationWarning]
  ) -> [DocumentNode.Entry] {
    var entries = root.entries ?? []
    for (other, name) in otherNames {
      guard let stated = root.entry(other), stated.value.isSet,
        let replaced = entries.first(where: { $0.key == name })
      else { continue }
      entries.removeAll { $0.key == name }
      guard replaced.value.isSet, !replaced.value.says(stated.value) else { continue }
      warnings.append(
        ConfigurationWarning(
          .overridden(
            name, value: replaced.value.inWords, by: other, counts: stated.value.inWords),
          at: replaced.keyRange))
    }
    return entries
  }
}

extension DocumentNode {
  /// Whether a field says anything: it is not null, and not empty.
  var isSet: Bool {
    switch content {
    case .scalar(let scalar): !isNull && scalar.text != ""
    case .sequence(let elements): !elements.isEmpty
    case .mapping(let entries): !entries.isEmpty
    }
  }

  fileprivate var inWords: String { scalar?.text ?? kindName }

  /// Whether both say the same, in whatever order.
  fileprivate func says(_ other: DocumentNode) -> Bool {
    switch (content, other.content) {
    case (.scalar(let a), .scalar(let b)):
      a.value == b.value || a.number == b.number && a.number != nil
    case (.sequence(let a), .sequence(let b)):
      a.count == b.count && zip(a, b).allSatisfy { $0.says($1) }
    case (.mapping(let a), .mapping(let b)):
      a.count == b.count && a.allSatisfy { entry in other[entry.key]?.says(entry.value) == true }
    default: false
    }
  }
}

extension Scalar {
  fileprivate var number: Double? {
    switch value {
    case .integer(let number): Double(number)
    case .number(let number): number
    default: nil
    }
  }
}
