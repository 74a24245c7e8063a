package import ModelDescription
import ModelGraph
package import OrderedCollections
import PeftBasics
import PeftReports
package import TunerKit

/// A tuner's configuration in a YAML or JSON file, such as an `adapter_config.json`.
package struct ConfigurationFile {
  private let root: DocumentNode

  /// Whether a text looks like a path rather than a tuner's name.
  static func isMeant(by text: String) -> Bool {
    text.contains("/") || [".json", ".yaml", ".yml"].contains { text.hasSuffix($0) }
  }

  /// - Parameter path: A file, or an adapter's folder with an `adapter_config.json`.
  package init(path: String) throws {
    let inside = path.file("adapter_config.json")
    do { root = try DocumentReader.read(path: path) } catch let error {
      guard case FileProblem.unreadable(.isFolder)? = error.cause as? FileProblem else {
        throw error
      }
      root = try DocumentReader.read(path: inside)
    }
  }

  package init(_ root: DocumentNode) { self.root = root }

  /// The fields as they are written, in their order.
  package var values: OrderedDictionary<String, ConfigurationValue> {
    OrderedDictionary(
      uniqueKeysWithValues: (root.entries ?? []).map { ($0.key, ConfigurationValue($0.value)) })
  }

  /// The configuration of the tuner that `peft_type` names, or the only key does: `lora: {r: 16}`.
  /// - Throws: `DescriptionErrors`, each with the field's place in the file.
  package func configuration(
    from registry: TunerRegistry, allowsUnknown: Bool
  ) throws -> any TunerConfiguration {
    guard let entries = root.entries else {
      throw DescriptionError(
        ConfigurationError.notAMap(ConfigurationValue(root)), at: root.range)
    }
    if entries.count == 1, let entry = entries.first, entry.key != "peft_type",
      let fields = entry.value.entries ?? (entry.value.scalar?.value == .null ? [] : nil)
    {
      return try configuration(
        entry.key, at: entry.keyRange, fields, registry, allowsUnknown: allowsUnknown)
    }
    guard let type = root["peft_type"] else {
      let error: ConfigurationError =
        if let other = OtherAdapterFormat(fields: entries.map(\.key)) {
          .otherProgram(other)
        } else {
          root["model_type"] == nil ? .noTunerNamed(known: registry.names) : .modelConfiguration
        }
      throw DescriptionError(error, at: root.range)
    }
    return try configuration(
      type.scalar?.text ?? type.kindName, at: type.range, entries, registry,
      allowsUnknown: allowsUnknown)
  }

  private func configuration(
    _ name: String, at range: SourceRange, _ entries: [DocumentNode.Entry],
    _ registry: TunerRegistry, allowsUnknown: Bool
  ) throws -> any TunerConfiguration {
    let tuner: any Tuner.Type
    do { tuner = try registry.tuner(named: name) } catch {
      throw DescriptionError(error, at: range)
    }
    let values = OrderedDictionary(
      uniqueKeysWithValues: entries.map { ($0.key, ConfigurationValue($0.value)) })
    return try configuration(tuner, values, entries, allowsUnknown: allowsUnknown)
  }

  private func configuration<Method: Tuner>(
    _ tuner: Method.Type, _ values: OrderedDictionary<String, ConfigurationValue>,
    _ entries: [DocumentNode.Entry], allowsUnknown: Bool
  ) throws -> any TunerConfiguration {
    do {
      return try Method.Configuration(values, allowsUnknown: allowsUnknown)
    } catch {
      let errors =
        switch error {
        case let error as ConfigurationErrors: error.errors
        case let error as ConfigurationError: [error]
        default: throw error
        }
      let byKey = Dictionary(entries.map { ($0.key, $0) }) { first, _ in first }
      throw DescriptionErrors(
        errors.map { error in
          let entry = error.field.flatMap { byKey[$0] }
          let range: SourceRange? =
            if case .unknownField = error { entry?.keyRange } else { entry?.value.range }
          return DescriptionError(error, at: range ?? root.range)
        })
    }
  }
}

extension ConfigurationValue {
  /// A document's value without its place.
  package init(_ node: DocumentNode) {
    switch node.content {
    case .sequence(let elements): self = .list(elements.map(ConfigurationValue.init))
    case .mapping(let entries):
      self = .map(
        OrderedDictionary(
          uniqueKeysWithValues: entries.map { ($0.key, ConfigurationValue($0.value)) }))
    case .scalar(let scalar):
      switch scalar.value {
      case .null: self = .null
      case .bool(let flag): self = .bool(flag)
      case .integer(let number): self = .integer(number)
      case .number(let number): self = .number(number)
      case .string(let text), .tooLarge(let text): self = .text(text)
      }
    }
  }
}

extension ConfigurationValue {
  /// The value as an `adapter_config.json` or `config.json`, indented as Python does it.
  ///
  /// Maps keep their order, because the first of a map of patterns that fits counts. PEFT sorts them
  /// when it saves, but not when it loads.
  var configurationFile: String { text(.indented) + "\n" }
}

extension String {
  /// The path of a file in the folder of this path.
  package func file(_ name: String) -> String { hasSuffix("/") ? self + name : "\(self)/\(name)" }
}
