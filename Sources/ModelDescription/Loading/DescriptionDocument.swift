import OrderedCollections
import PeftBasics

/// A description as written, with everything it extends already merged in.
struct DescriptionDocument {
  /// The top-level entries by key; of several files the one that extends last wins.
  private(set) var entries: OrderedDictionary<String, DocumentNode.Entry>
  /// The whole of the file that was asked for.
  let range: SourceRange

  /// What may stand at the top of a description, and what it means.
  static let keys: KeyValuePairs<String, String> = [
    "name": "What the model is called.",
    "summary": "A summary in one line.",
    "extends": "A description to start from: its file, or a bundled one's name.",
    "model_type": "Hugging Face's name for the family; it selects default targets.",
    "architectures": "Dimensions that Hugging Face's class names set.",
    "config": "How the fields of a Hugging Face config.json set dimensions.",
    "dimensions": "Named sizes and flags; $name reads them.",
    "inputs": "The values a caller provides.",
    "blocks": "Parts of a graph to be used like operators.",
    "modules": "Modules in registration order, where it is not that of the steps.",
    "graph": "The steps.",
    "outputs": "The values a caller gets back.",
    "output_embedding": "The module that computes the logits; all-linear leaves it out.",
    "without_head": "Dimensions to set where a checkpoint has no weight for the output embedding.",
    "checkpoint":
      "Parameters' names in checkpoints, where they differ; * stands for one component.",
  ]

  private static let deepestExtends = 16

  /// The keys whose entries are merged one by one; of all others the last file's stands.
  private static let merged: Set<String> = ["dimensions", "blocks", "config", "checkpoint"]

  subscript(key: String) -> DocumentNode? { entries[key]?.value }

  /// Reads a description and what it extends.
  /// - Throws: `DescriptionErrors`.
  init(_ source: DescriptionSource, limits: DocumentLimits = .standard) throws {
    try self.init(source, limits: limits, extendedBy: [])
  }

  private init(
    _ source: DescriptionSource, limits: DocumentLimits, extendedBy chain: [DescriptionSource]
  ) throws {
    try self.init(
      source.read(limits: limits), of: source, limits: limits, extendedBy: chain)
  }

  /// Reads a text; what it extends must be bundled.
  init(text: String, path: String, limits: DocumentLimits = .standard) throws {
    let root = try DocumentReader.read(text: text, path: path, limits: limits)
    try self.init(root, of: .bundled(name: path), limits: limits, extendedBy: [])
  }

  private init(
    _ root: DocumentNode, of source: DescriptionSource, limits: DocumentLimits,
    extendedBy chain: [DescriptionSource]
  ) throws {
    guard let written = root.entries else {
      throw DescriptionError(
        LoadingProblem.notADescription(found: root.kindName), at: root.range)
    }
    let split = root.splitExpressions
    guard split.isEmpty else { throw DescriptionErrors(split) }
    let known = Self.keys.map(\.key)
    let unknown = written.filter { !known.contains($0.key) }.map {
      DescriptionError(LoadingProblem.unknownKey($0.key, known: known), at: $0.keyRange)
    }
    guard unknown.isEmpty else { throw DescriptionErrors(unknown) }
    range = root.range
    entries = [:]
    if let node = root["extends"] {
      let base = try source.resolve(extends: node)
      let chain = chain + [source]
      guard !chain.contains(base) else {
        throw DescriptionError(
          LoadingProblem.extendsItself(chain: (chain + [base]).map(\.displayPath)), at: node.range)
      }
      guard chain.count < Self.deepestExtends else {
        throw DescriptionError(
          LoadingProblem.extendsTooDeep(limit: Self.deepestExtends), at: node.range)
      }
      entries = try DescriptionDocument(base, limits: limits, extendedBy: chain).entries
    }
    for entry in written { merge(entry) }
  }

  private mutating func merge(_ entry: DocumentNode.Entry) {
    guard Self.merged.contains(entry.key), let base = entries[entry.key]?.value.entries,
      let new = entry.value.entries
    else {
      entries[entry.key] = entry
      return
    }
    var merged = OrderedDictionary(base.map { ($0.key, $0) }) { $1 }
    for element in new { merged[element.key] = element }
    let node = DocumentNode(content: .mapping(Array(merged.values)), range: entry.value.range)
    entries[entry.key] = DocumentNode.Entry(
      key: entry.key, keyRange: entry.keyRange, value: node)
  }
}
