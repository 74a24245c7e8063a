import OrderedCollections
import PeftBasics

/// A description's `config`: for each field of a `config.json`, what it does.
///
/// ```yaml
/// config:
///   n_embd: width                                          # sets a dimension
///   activation_function: {to: activation, as: activation}  # translated from Hugging Face's words
///   model_kind: {to: kind, values: {a: first, b: second}}  # translated
///   sliding_window: {to: window, none: 0}                  # what null stands for
///   id2label: {to: labels, as: count}                      # the number of its entries
///   layer_types: {to: kinds, entries: {full: 0, near: 1}}  # a list, as text: 0 1 1
///   image_size: {to: image, as: square}                    # a number, or a list of equal ones
///   long_factor: {to: factors, as: numbers}                # a list of numbers, as text
///   scale_weights: {only: [true]}                          # no other value is supported
///   layerdrop: {only: [0], otherwise: no layer is dropped} # others are read past, with that warning
///   rope_scaling: {same_as: rope_parameters}               # an older name, also of the fields inside
///   summary_type: ignored                                  # without effect on this model
/// ```
///
/// Fields inside a mapping are dotted paths. Where several fields set one dimension, the one that
/// stands last in `config` wins, in whatever order a file has them. An older name takes the place of the
/// newer one, where a file has both.
struct ConfigurationMapping {
  let rules: OrderedDictionary<String, Rule>
  let otherNames: OrderedDictionary<String, String>

  enum Rule {
    case ignored
    /// - Parameter otherwise: Why other values change nothing; they are refused where nil.
    case only([String], otherwise: String?)
    case dimension(String, translation: Translation, none: DocumentNode? = nil)
  }

  enum Translation {
    case none
    case count
    /// A number, or a list of equal ones.
    case square
    /// The numbers of a list, as text.
    case numbers
    /// What stands for each element of a list, as text.
    case entries([String: DocumentNode])
    case words([String: DocumentNode])
  }

  init(_ node: DocumentNode?) throws {
    var rules: OrderedDictionary<String, Rule> = [:]
    var otherNames: OrderedDictionary<String, String> = [:]
    for entry in node?.entries ?? [] {
      if let name = entry.value["same_as"]?.string {
        otherNames[entry.key] = name
      } else {
        rules[entry.key] = try Self.rule(entry)
      }
    }
    self.rules = rules
    self.otherNames = otherNames
  }

  /// The place of a field's rule, under its own name or under the one it is the same as.
  func index(of field: String) -> Int? {
    rules.index(forKey: field) ?? rules.index(forKey: currentName(of: field))
  }

  /// Whether fields inside a map of that name are understood one by one.
  func hasRules(inside field: String) -> Bool {
    let prefix = currentName(of: field) + "."
    return rules.keys.contains { $0.hasPrefix(prefix) }
  }

  private func currentName(of field: String) -> String {
    for (old, new) in otherNames where field == old || field.hasPrefix(old + ".") {
      return new + field.dropFirst(old.count)
    }
    return field
  }

  private static func rule(_ entry: DocumentNode.Entry) throws -> Rule {
    let problem = DescriptionError(
      LoadingProblem.badMapping(field: entry.key), at: entry.value.range)
    if let text = entry.value.string {
      return text == "ignored" ? .ignored : .dimension(text, translation: .none)
    }
    let known = ["to", "as", "values", "none", "entries", "only", "otherwise"]
    guard let entries = entry.value.entries, entries.allSatisfy({ known.contains($0.key) }) else {
      throw problem
    }
    if let values = entry.value["only"]?.elements {
      return .only(
        values.compactMap { $0.scalar?.text }, otherwise: entry.value["otherwise"]?.scalar?.text)
    }
    guard let dimension = entry.value["to"]?.string else { throw problem }
    return .dimension(
      dimension, translation: try translation(entry.value, problem), none: entry.value["none"])
  }

  private static func translation(
    _ node: DocumentNode, _ problem: DescriptionError
  ) throws -> Translation {
    func words(_ key: String) -> [String: DocumentNode]? {
      node[key]?.entries.map { entries in Dictionary(entries.map { ($0.key, $0.value) }) { $1 } }
    }
    if let entries = words("entries") { return .entries(entries) }
    let values = words("values")
    switch node["as"]?.string {
    case "count": return .count
    case "square": return .square
    case "numbers": return .numbers
    case "activation": return .words(activations.merging(values ?? [:]) { $1 })
    case nil: return values.map { .words($0) } ?? .none
    default: throw problem
    }
  }

  /// Hugging Face's names for activation functions, where they have an equal here.
  private static let activations: [String: DocumentNode] = {
    let names: KeyValuePairs<String, String> = [
      "relu": "relu", "silu": "silu", "swish": "silu", "tanh": "tanh", "sigmoid": "sigmoid",
      "gelu": "gelu", "gelu_python": "gelu", "gelu_new": "gelu_tanh", "gelu_fast": "gelu_tanh",
      "gelu_accurate": "gelu_tanh", "gelu_pytorch_tanh": "gelu_tanh",
      "gelu_python_tanh": "gelu_tanh", "quick_gelu": "quick_gelu", "gelu_10": "gelu_10",
      "mish": "mish", "relu2": "relu2", "relu6": "relu6", "leaky_relu": "leaky_relu",
      "hardswish": "hardswish", "laplace": "laplace", "linear": "identity",
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
