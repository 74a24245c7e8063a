import PeftBasics

/// A Hugging Face checkpoint's `config.json`, read with the help of its family's description.
///
/// `model_type` names the family. Its `config` says which dimension each field sets; a field that
/// it does not mention, and that is not known to be without effect, is an error, unless the user lets go on.
/// Where fields contradict each other, the one counts that counts in transformers, with a warning.
struct CheckpointConfiguration {
  /// The family's description.
  let document: DescriptionDocument
  private let root: DocumentNode
  private let modelType: String
  private let allowsUnknown: Bool
  private let fileWarnings: [ConfigurationWarning]

  /// What the fields say.
  struct Contents {
    /// The dimensions that they set, those that count most last.
    var dimensions: [ConfiguredDimension] = []
    var warnings: [ConfigurationWarning] = []
  }

  init(folder: String, families: ModelFamilies) throws {
    try self.init(ConfigurationFile(path: "\(folder)/config.json"), families: families)
  }

  init(_ file: ConfigurationFile, families: ModelFamilies) throws {
    root = file.root
    fileWarnings = file.warnings
    allowsUnknown = families.allowsUnknownFields
    guard let type = root["model_type"] else {
      throw DescriptionError(LoadingProblem.noModelType, at: root.range)
    }
    guard let modelType = type.string, let document = try families.document(ofType: modelType)
    else {
      throw DescriptionError(
        LoadingProblem.unknownModelType(
          type.scalar?.text ?? type.kindName, known: families.modelTypes), at: type.range)
    }
    self.modelType = modelType
    self.document = document
  }

  /// What the fields say that matter in training alone.
  var trainingDefaults: TrainingDefaults {
    var defaults = TrainingDefaults()
    defaults.problemType = root["problem_type"]?.string
    defaults.labelNames = labelNames
    defaults.pythonClass = knownClass?.entry.key
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

  /// The classes' names by their numbers, where all have one.
  private var labelNames: [String]? {
    let names = (root["id2label"]?.entries ?? []).compactMap { entry in
      Int(entry.key).flatMap { number in entry.value.scalar.map { (number, $0.text) } }
    }.sorted { $0.0 < $1.0 }
    guard !names.isEmpty, names.map(\.0) == Array(names.indices) else { return nil }
    return names.map(\.1)
  }

  /// - Throws: `DescriptionErrors` with every field that is not understood.
  func contents() throws -> Contents {
    let mapping = try ConfigurationMapping(document["config"])
    var contents = Contents(warnings: fileWarnings)
    var errors: [DescriptionError] = []
    var found: [Finding] = []
    do {
      for dimension in try architectureDimensions(&contents.warnings) {
        found.append(Finding(rank: -1, field: "architectures", dimension: dimension))
      }
    } catch let error as DescriptionError { errors.append(error) }
    let fields = mapping.countingFields(of: root, &contents.warnings)
    visit(fields, prefix: "") { name, entry in
      do {
        if let index = mapping.index(of: name) {
          let rule = mapping.rules.elements[index].value
          found += try rule.dimensions(from: entry.value, field: name, &contents.warnings).map {
            Finding(rank: index, field: name, dimension: $0)
          }
          return true
        }
        let isMap = entry.value.entries?.isEmpty == false
        if isMap, mapping.hasRules(inside: name) { return false }
        if let warning = try unknown(entry, name, known: Array(mapping.rules.keys)) {
          contents.warnings.append(warning)
        }
      } catch let error as DescriptionError {
        errors.append(error)
      } catch {}
      return true
    }
    guard errors.isEmpty else { throw DescriptionErrors(errors) }
    found.sort { $0.rank < $1.rank }
    contents.dimensions = found.map(\.dimension)
    contents.warnings += contradictions(in: found)
    contents.warnings.sort { $0.range.startCharacter < $1.range.startCharacter }
    return contents
  }

  /// A dimension that a field sets, and the place of the field among those that do so.
  private struct Finding {
    let rank: Int
    let field: String
    let dimension: ConfiguredDimension
  }

  /// Of several fields that set one dimension, those that the last of them overrides.
  private func contradictions(in found: [Finding]) -> [ConfigurationWarning] {
    var last: [String: Finding] = [:]
    for finding in found { last[finding.dimension.name] = finding }
    return found.compactMap { finding in
      guard let winner = last[finding.dimension.name], winner.field != finding.field,
        finding.rank >= 0, let value = finding.dimension.stated,
        let counts = winner.dimension.stated, value != counts
      else { return nil }
      return ConfigurationWarning(
        .overridden(finding.field, value: "\(value)", by: winner.field, counts: "\(counts)"),
        at: finding.dimension.range)
    }
  }

  /// What to say about a field without a rule; nil where it says nothing, or nothing that counts.
  /// - Throws: `DescriptionError` where it may change the result.
  private func unknown(
    _ entry: DocumentNode.Entry, _ name: String, known: [String]
  ) throws(DescriptionError) -> ConfigurationWarning? {
    guard !HarmlessFields.contains(entry.key), entry.value.isSet else { return nil }
    if entry.value.bool == false {
      return ConfigurationWarning(.unknownOff(name, modelType: modelType), at: entry.keyRange)
    }
    let value = entry.value.scalar?.text ?? entry.value.kindName
    guard !allowsUnknown else {
      return ConfigurationWarning(
        .unknownField(name, value: value, modelType: modelType), at: entry.keyRange)
    }
    throw DescriptionError(
      LoadingProblem.unknownField(name, value: value, modelType: modelType, known: known),
      at: entry.keyRange)
  }

  /// Walks the fields, into maps where `body` does not settle them; names are dotted paths.
  private func visit(
    _ entries: [DocumentNode.Entry], prefix: String, _ body: (String, DocumentNode.Entry) -> Bool
  ) {
    for entry in entries {
      let name = prefix + entry.key
      if !body(name, entry) {
        visit(entry.value.entries ?? [], prefix: name + ".", body)
      }
    }
  }

  /// The dimensions that the class sets: whether there is a head, and what modules are called.
  private func architectureDimensions(
    _ warnings: inout [ConfigurationWarning]
  ) throws -> [ConfiguredDimension] {
    guard let known = document["architectures"]?.entries, let first = known.first else { return [] }
    var chosen = first
    var range = first.keyRange
    if let first = namedClasses.first {
      guard let match = knownClass, let node = match.node else {
        throw DescriptionError(
          LoadingProblem.unknownArchitecture(
            first.string ?? "", modelType: modelType, known: known.map(\.key)), at: first.range)
      }
      (chosen, range) = (match.entry, node.range)
      if let name = first.string, name != chosen.key {
        warnings.append(ConfigurationWarning(.classSpelling(name, read: chosen.key), at: range))
      }
    }
    return try (chosen.value.entries ?? []).map { entry in
      try ConfiguredDimension(name: entry.key, node: entry.value, range: range)
    }
  }

  private var namedClasses: [DocumentNode] {
    root["architectures"]?.elements?.filter { $0.string != nil } ?? []
  }

  /// The model's class as the family's description has it, with where the file names it: the family's first
  /// where the file names none; nil where it names only others.
  private var knownClass: (entry: DocumentNode.Entry, node: DocumentNode?)? {
    guard let known = document["architectures"]?.entries, let first = known.first else {
      return nil
    }
    guard !namedClasses.isEmpty else { return (first, nil) }
    return Self.firstClass(of: namedClasses, among: known)
  }

  /// The first class that is known, also in an older spelling or another framework's.
  private static func firstClass(
    of named: [DocumentNode], among known: [DocumentNode.Entry]
  ) -> (entry: DocumentNode.Entry, node: DocumentNode?)? {
    for node in named {
      let name = node.string ?? ""
      if let entry = known.first(where: { $0.key == name }) { return (entry, node) }
      let spellings = [name, name.dropping("TF"), name.dropping("Flax")].map { $0.lowercased() }
      if let entry = known.first(where: { spellings.contains($0.key.lowercased()) }) {
        return (entry, node)
      }
    }
    return nil
  }
}

extension String {
  fileprivate func dropping(_ prefix: String) -> String {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self
  }
}

/// What a checkpoint's configuration says that matters in training alone.
public struct TrainingDefaults: Hashable, Sendable {
  /// The standard deviation of initial weights that the checkpoint lacks (`initializer_range`).
  public internal(set) var initializerRange = 0.02
  /// What a classifier's labels are, as `transformers` calls it.
  public internal(set) var problemType: String?
  /// The names of a classifier's classes, in the order of its outputs (`id2label`).
  public internal(set) var labelNames: [String]?
  /// The model's class in `transformers`; nil for one that is not of a known family.
  public internal(set) var pythonClass: String?
}
