import PeftBasics

/// A Hugging Face checkpoint's `config.json`, read with the help of its family's description.
///
/// `model_type` names the family. Its `config` says which dimension each field sets; a field that
/// it does not mention, and that is not known to be without effect, is an error.
struct CheckpointConfiguration {
  /// The family's description.
  let document: DescriptionDocument
  private let root: DocumentNode
  private let modelType: String

  init(folder: String, families: ModelFamilies) throws {
    try self.init(DocumentReader.read(path: "\(folder)/config.json"), families: families)
  }

  init(_ root: DocumentNode, families: ModelFamilies) throws {
    guard let type = root["model_type"] else {
      throw DescriptionError(LoadingProblem.noModelType, at: root.range)
    }
    guard let modelType = type.string, let document = try families.document(ofType: modelType)
    else {
      throw DescriptionError(
        LoadingProblem.unknownModelType(
          type.scalar?.text ?? type.kindName, known: families.modelTypes), at: type.range)
    }
    self.root = root
    self.modelType = modelType
    self.document = document
  }

  /// What the fields say that matter in training alone.
  var trainingDefaults: TrainingDefaults {
    var defaults = TrainingDefaults()
    defaults.problemType = root["problem_type"]?.string
    for field in ["init_std", "initializer_range"] {
      switch root[field]?.scalar?.value {
      case .number(let range)? where range.isFinite && range >= 0:
        defaults.initializerRange = range
      case .integer(let range)? where range >= 0: defaults.initializerRange = Double(range)
      default: continue
      }
    }
    return defaults
  }

  /// The dimensions that the fields set, those that count most last.
  /// - Throws: `DescriptionErrors` with every field that is not understood.
  func dimensions() throws -> [ConfiguredDimension] {
    let mapping = try ConfigurationMapping(document["config"])
    var errors: [DescriptionError] = []
    var found: [(rank: Int, dimensions: [ConfiguredDimension])] = []
    do { found.append((-1, try architectureDimensions())) } catch let error as DescriptionError {
      errors.append(error)
    }
    visit(root, prefix: "") { name, entry in
      do {
        if let index = mapping.index(of: name) {
          let rule = mapping.rules.elements[index].value
          found.append((index, try rule.dimensions(from: entry.value, field: name)))
          return true
        }
        let isMap = entry.value.entries?.isEmpty == false
        if isMap, mapping.hasRules(inside: name) { return false }
        guard isNeutral(entry) else {
          throw DescriptionError(
            LoadingProblem.unknownField(
              name, value: entry.value.scalar?.text ?? entry.value.kindName, modelType: modelType,
              known: Array(mapping.rules.keys)), at: entry.keyRange)
        }
      } catch let error as DescriptionError {
        errors.append(error)
      } catch {}
      return true
    }
    guard errors.isEmpty else { throw DescriptionErrors(errors) }
    return found.sorted { $0.rank < $1.rank }.flatMap(\.dimensions)
  }

  /// Whether a field without a rule can be passed over: it says nothing, or nothing that counts.
  private func isNeutral(_ entry: DocumentNode.Entry) -> Bool {
    entry.value.isNull || entry.value.bool == false || IgnoredFields.contains(entry.key)
      || entry.value.elements?.isEmpty == true || entry.value.entries?.isEmpty == true
  }

  /// Walks the fields, into maps where `body` does not settle them; names are dotted paths.
  private func visit(
    _ node: DocumentNode, prefix: String, _ body: (String, DocumentNode.Entry) -> Bool
  ) {
    for entry in node.entries ?? [] {
      let name = prefix + entry.key
      if !body(name, entry) { visit(entry.value, prefix: name + ".", body) }
    }
  }

  /// The dimensions that the class sets: whether there is a head, and what modules are called.
  private func architectureDimensions() throws -> [ConfiguredDimension] {
    guard let known = document["architectures"]?.entries, let first = known.first else { return [] }
    var chosen = first
    var range = first.keyRange
    if let named = root["architectures"]?.elements?.first, let name = named.string {
      guard let match = known.first(where: { $0.key == name }) else {
        throw DescriptionError(
          LoadingProblem.unknownArchitecture(
            name, modelType: modelType, known: known.map(\.key)), at: named.range)
      }
      (chosen, range) = (match, named.range)
    }
    return try (chosen.value.entries ?? []).map { entry in
      try ConfiguredDimension(name: entry.key, node: entry.value, range: range)
    }
  }
}

/// What a checkpoint's configuration says that matters in training alone.
public struct TrainingDefaults: Hashable, Sendable {
  /// The deviation of the normal numbers from which weights start that no checkpoint has.
  public internal(set) var initializerRange = 0.02
  /// What a classifier's labels are, as `transformers` calls it.
  public internal(set) var problemType: String?
}

/// A dimension and the place in a configuration that set it.
struct ConfiguredDimension {
  enum Content {
    case value(DimensionValue)
    /// What the family's description says, perhaps an expression.
    case written(DocumentNode)
  }

  let name: String
  let content: Content
  let range: SourceRange

  init(name: String, asWritten node: DocumentNode, range: SourceRange) {
    self.name = name
    content = .written(node)
    self.range = range
  }

  init(name: String, value: DimensionValue, range: SourceRange) {
    self.name = name
    content = .value(value)
    self.range = range
  }

  init(name: String, node: DocumentNode, range: SourceRange) throws {
    let value: DimensionValue
    switch node.scalar?.value {
    case .integer(let number)?: value = .integer(number)
    case .number(let number)?: value = .number(number)
    case .bool(let flag)?: value = .boolean(flag)
    case .string(let text)?: value = .text(text)
    default:
      throw DescriptionError(
        StepProblem.wrongKind(expected: "a number, text, true or false", found: node.kindName),
        at: node.range)
    }
    self.init(name: name, value: value, range: range)
  }
}
