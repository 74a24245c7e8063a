import OrderedCollections
import PeftBasics

/// The families of models that a checkpoint's `model_type` can name: those that come with the library,
/// and others from descriptions of your own. A value, to be passed along.
///
///     let families = try ModelFamilies.standard.adding(path: "my-family.yaml")
///     let description = try ModelDescription("path/to/checkpoint", families: families)
public struct ModelFamilies: Sendable {
  /// The families that come with the library.
  public static let standard = ModelFamilies()

  private var added: OrderedDictionary<String, DescriptionDocument> = [:]
  /// Whether fields of a `config.json` that are not known are ignored, with a warning, even where they say
  /// something.
  public private(set) var allowsUnknownFields = false

  /// These families, whose configurations may have fields that are not known.
  public func allowingUnknownFields(_ allows: Bool = true) -> ModelFamilies {
    var families = self
    families.allowsUnknownFields = allows
    return families
  }

  /// What `model_type` can be, in alphabetical order.
  public var modelTypes: [String] {
    Set(BundledModels.families).union(added.keys).sorted()
  }

  /// These families and one that a file describes.
  ///
  /// It is written as those in `Models` are, with a `model_type` and a `config`, and may extend a bundled
  /// one. It takes the place of the bundled family of its type.
  /// - Throws: `DescriptionError` or `DescriptionErrors` where the file is no family's, its `config` sets
  ///   dimensions that it does not have, or there is another one of its type that was added.
  public func adding(path: String) throws -> ModelFamilies {
    try adding(DescriptionDocument(.file(path: path)))
  }

  /// These families and one that a text describes.
  /// - Parameter path: What messages call it. `extends` can name bundled models.
  /// - Throws: As `adding(path:)`.
  public func adding(text: String, path: String = "family.yaml") throws -> ModelFamilies {
    try adding(DescriptionDocument(text: text, path: path))
  }

  private func adding(_ document: DescriptionDocument) throws -> ModelFamilies {
    let description = try ModelDescription(document)
    guard let node = document["model_type"], let modelType = node.string else {
      throw DescriptionError(LoadingProblem.missingKey("model_type"), at: document.range)
    }
    guard document["config"] != nil else {
      throw DescriptionError(LoadingProblem.missingKey("config"), at: document.range)
    }
    try document.checkMappedDimensions(known: description.dimensions.names)
    guard added[modelType] == nil else {
      throw DescriptionError(LoadingProblem.familyTwice(modelType), at: node.range)
    }
    var families = self
    families.added[modelType] = document
    return families
  }

  /// The description of a family; nil for one that is not known.
  func document(ofType modelType: String) throws -> DescriptionDocument? {
    if let document = added[modelType] { return document }
    guard BundledModels.families.contains(modelType) else { return nil }
    return try DescriptionDocument(.bundled(name: modelType))
  }
}

extension DescriptionDocument {
  /// Makes sure that what `config` and `architectures` set is there: a dimension that nothing reads would
  /// be a field that is passed over in silence.
  fileprivate func checkMappedDimensions(known: [String]) throws {
    let rules = try ConfigurationMapping(self["config"]).rules
    var errors: [DescriptionError] = []
    func check(_ name: String, at range: SourceRange) {
      guard !known.contains(name) else { return }
      errors.append(
        DescriptionError(DimensionProblem.unknownOverride(name, known: known), at: range))
    }
    for entry in self["config"]?.entries ?? [] {
      guard case .dimension(let name, _, _)? = rules[entry.key] else { continue }
      check(name, at: entry.value.range)
    }
    for architecture in self["architectures"]?.entries ?? [] {
      for entry in architecture.value.entries ?? [] { check(entry.key, at: entry.keyRange) }
    }
    guard errors.isEmpty else { throw DescriptionErrors(errors) }
  }
}
