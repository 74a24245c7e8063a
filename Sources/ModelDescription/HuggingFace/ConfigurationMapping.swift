/// A description's `config`: for each field of a `config.json`, what it does.
///
/// ```yaml
/// config:
///   n_embd: width                                          # sets a dimension
///   activation_function: {to: activation, as: activation}  # translated from Hugging Face's words
///   model_kind: {to: kind, values: {a: first, b: second}}  # translated
///   id2label: {to: labels, as: count}                      # the number of its entries
///   layer_types: {only: [full_attention]}                  # no other value is supported
///   summary_type: ignored                                  # without effect on this model
/// ```
struct ConfigurationMapping {
  let rules: [String: Rule]

  enum Rule {
    case ignored
    case only([String])
    case dimension(String, translation: Translation)
  }

  enum Translation {
    case none
    case count
    case words([String: DocumentNode])
  }

  init(_ node: DocumentNode?) throws {
    var rules: [String: Rule] = [:]
    for entry in node?.entries ?? [] { rules[entry.key] = try Self.rule(entry) }
    self.rules = rules
  }

  /// Whether fields inside a map of that name are understood one by one.
  func hasRules(inside name: String) -> Bool {
    rules.keys.contains { $0.hasPrefix(name + ".") }
  }

  private static func rule(_ entry: DocumentNode.Entry) throws -> Rule {
    let problem = DescriptionError(
      LoadingProblem.badMapping(field: entry.key), at: entry.value.range)
    if let text = entry.value.string {
      return text == "ignored" ? .ignored : .dimension(text, translation: .none)
    }
    if let values = entry.value["only"]?.elements {
      return .only(values.compactMap { $0.scalar?.text })
    }
    guard let dimension = entry.value["to"]?.string else { throw problem }
    if let values = entry.value["values"]?.entries {
      let words = Dictionary(values.map { ($0.key, $0.value) }) { $1 }
      return .dimension(dimension, translation: .words(words))
    }
    switch entry.value["as"]?.string {
    case "count": return .dimension(dimension, translation: .count)
    case "activation": return .dimension(dimension, translation: .words(Self.activations))
    default: throw problem
    }
  }

  /// Hugging Face's names for activation functions, where they have an equal here.
  private static let activations: [String: DocumentNode] = {
    let names: KeyValuePairs<String, String> = [
      "relu": "relu", "silu": "silu", "swish": "silu", "tanh": "tanh", "sigmoid": "sigmoid",
      "gelu": "gelu", "gelu_new": "gelu_tanh", "gelu_pytorch_tanh": "gelu_tanh",
      "quick_gelu": "quick_gelu",
    ]
    let file = SourceFile(path: "activations", text: "")
    let range = SourceRange(file: file, from: 0, to: 0)
    return Dictionary(
      uniqueKeysWithValues: names.map {
        let scalar = Scalar(text: $0.value, isQuoted: true)
        return ($0.key, DocumentNode(content: .scalar(scalar), range: range))
      })
  }()
}

extension ConfigurationMapping.Rule {
  /// What a field's value sets; nothing where it is null.
  func dimensions(from node: DocumentNode, field: String) throws -> [ConfiguredDimension] {
    guard !node.isNull else { return [] }
    switch self {
    case .ignored: return []
    case .only(let supported):
      for value in node.elements ?? [node] where !supported.contains(value.scalar?.text ?? "") {
        throw DescriptionError(
          LoadingProblem.unsupportedValue(
            field: field, value: value.scalar?.text ?? value.kindName, supported: supported),
          at: value.range)
      }
      return []
    case .dimension(let name, .none):
      return [try ConfiguredDimension(name: name, node: node, range: node.range)]
    case .dimension(let name, .count):
      let count = node.entries?.count ?? node.elements?.count ?? 0
      return [ConfiguredDimension(name: name, value: .integer(count), range: node.range)]
    case .dimension(let name, .words(let words)):
      let word = node.scalar?.text ?? node.kindName
      guard let translated = words[word] else {
        throw DescriptionError(
          LoadingProblem.unsupportedValue(
            field: field, value: word, supported: words.keys.sorted()), at: node.range)
      }
      return [try ConfiguredDimension(name: name, node: translated, range: node.range)]
    }
  }
}
