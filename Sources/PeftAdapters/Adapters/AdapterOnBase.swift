public import ModelDescription
import ModelGraph
public import PeftBasics
import PeftCheckpoints
public import TunerKit

/// An adapter's folder together with its base model, whose weights are read only where something
/// depends on them.
public struct AdapterOnBase {
  public let base: Model
  public let weights: AdapterWeights
  /// The base's `config.json`, where it is not the one in its folder: that of a model with a new head.
  public let modelConfiguration: String?

  /// - Parameters:
  ///   - model: The base model's name or path; the one that the adapter's configuration names where nil.
  ///   - settings: Dimensions of its description to set anew.
  ///   - families: What its `model_type` can name.
  ///   - baseWeights: Where the base's weights are, if not in the model's own folder.
  ///   - generation: Which torch drew the bases that the adapter's file lacks.
  ///   - needsNumbers: Whether the base's weights are needed even if no update depends on them.
  ///   - threads: Threads to use; as many as there are cores where nil.
  /// - Throws: `UnknownBase` where the configuration names no model that is here; what reading the model
  ///   and the adapter throws.
  public init(
    _ folder: AdapterFolder, model: String? = nil, setting settings: [(String, String)] = [],
    families: ModelFamilies = .standard, baseWeights: String? = nil,
    generation: TorchGeneration? = nil, needsNumbers: Bool = false, threads: Int? = nil
  ) throws {
    let description = try ModelDescription(
      model ?? Self.modelName(of: folder), setting: settings, families: families
    ).adapted(by: [folder.path])
    modelConfiguration = description.configuration
    let graph = try description.graph()
    let readsBase = try Self.readsBase(folder.configuration, on: graph)
    base =
      needsNumbers || readsBase || baseWeights != nil
      ? try Model(description, weights: baseWeights, for: [folder], threads: threads)
      : Model(graph, parameters: [:], threads: threads)
    weights = try folder.weights(for: base, generation: generation)
  }

  private static func readsBase(
    _ configuration: some TunerConfiguration, on graph: Graph
  ) throws -> Bool {
    try Adapter(configuration, for: graph).updates.contains(where: \.readsBase)
  }

  /// The base model by the name that the configuration has for it.
  private static func modelName(of folder: AdapterFolder) throws(UnknownBase) -> String {
    let name = folder.configuration.options.baseModelNameOrPath
    guard let name, BundledModels.names.contains(name) || FileWriter.isThere("\(name)/config.json")
    else { throw UnknownBase(adapter: folder.path, model: name) }
    return name
  }
}

/// An adapter whose base model is not here.
public struct UnknownBase: Diagnosis, Hashable {
  public let adapter: String
  public let model: String?

  public var words: (problem: String, fix: String?) {
    (
      model.map { "its base model \($0.shown) is no folder here, nor bundled" }
        ?? "its configuration does not name the base model",
      "name the base model with --model"
    )
  }

  public var place: DiagnosisPlace? { .file(adapter) }
}
