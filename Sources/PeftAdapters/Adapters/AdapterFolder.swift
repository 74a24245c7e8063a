public import ModelGraph
import PeftBasics
package import PeftCheckpoints
import PeftTensors
public import TunerKit

/// An adapter as PEFT saves it: a folder with `adapter_config.json` and `adapter_model.safetensors`.
///
/// Tensors are named `base_model.model.`, the module's path and the tensor's own name. Shared bases
/// may be there once, once for every module, or not at all: then they are drawn from their key.
/// - SeeAlso: `peft/utils/save_and_load.py`, `set_peft_model_state_dict`.
public struct AdapterFolder {
  public let path: String
  public let configuration: any TunerConfiguration
  /// The tensors' file.
  package let file: SafetensorsFile

  static let configurationName = "adapter_config.json"
  package static let tensorsName = "adapter_model.safetensors"

  /// - Parameters:
  ///   - path: The folder, or the configuration in it.
  ///   - registry: The tuners that the configuration can name.
  ///   - allowsUnknown: Whether fields of the configuration that are not known may have values.
  /// - Throws: `DescriptionErrors` about the configuration; `SafetensorsError` about the tensors.
  public init(
    _ path: String, registry: TunerRegistry, allowsUnknown: Bool = false
  ) throws {
    var folder = path
    for name in [Self.configurationName, Self.tensorsName] where folder.hasSuffix(name) {
      folder.removeLast(name.count)
    }
    if folder.isEmpty { folder = "." }
    self.path = folder
    if FileWriter.isThere(folder), !FileWriter.isThere(folder.file(Self.configurationName)) {
      let isModel = FileWriter.isThere(folder.file("config.json"))
      throw AdapterFolderError(.noConfiguration(isModel: isModel), path: folder)
    }
    configuration = try ConfigurationFile(path: folder).configuration(
      from: registry, allowsUnknown: allowsUnknown)
    let tensors = folder.file(Self.tensorsName)
    guard FileWriter.isThere(tensors) else {
      let isPickled = FileWriter.isThere(folder.file("adapter_model.bin"))
      throw AdapterFolderError(.noTensors(isPickled: isPickled), path: folder)
    }
    file = try SafetensorsFile(path: tensors)
  }

  /// Whether there is an adapter in a folder, which may be a model's as well.
  public static func isThere(_ folder: String) -> Bool {
    FileWriter.isThere(folder.file(configurationName))
  }

  /// The files that are read, also later: weights stay in them.
  public var filePaths: [String] { [file.path] }

  /// The length of the tensors' file, in bytes.
  public var byteCount: Int { file.byteCount }

  /// The adapter with its weights, for one model.
  /// - Parameters:
  ///   - name: What to call it among the model's adapters.
  ///   - generation: Which torch drew the bases that the file lacks, where it does not say; the current
  ///     one where nil, with a warning.
  ///   - isLenient: Whether to go on with warnings where tensors are missing, not expected, misshapen
  ///     or not finite. What is missing starts fresh.
  /// - Throws: `AdapterFolderError` listing tensors that do not fit; `TargetError` where the adapter was
  ///   made for other modules.
  public func weights(
    for model: Model, name: String = Adapter.defaultName, generation: TorchGeneration? = nil,
    isLenient: Bool = false
  ) throws -> AdapterWeights {
    try weights(
      of: adapter(configuration, for: model.graph, name: name), for: model,
      generation: generation, isLenient: isLenient)
  }

  /// The weights of this folder's adapter, which was applied to the model's graph before.
  package func weights(
    of adapter: Adapter, for model: Model, generation: TorchGeneration? = nil,
    isLenient: Bool = false
  ) throws -> AdapterWeights {
    func read(_ configuration: some TunerConfiguration) throws -> AdapterWeights {
      try adapter.checkSize(on: model.graph)
      let named = AdapterTensors(file, of: adapter.tensors, on: model.graph)
      var reading = AdapterReading(named, path: path, on: model.graph)
      reading.readTensors(of: adapter)
      var bases = BasisReading(
        file, wanted: generation, limit: Adapter.mostEntries(on: model.graph))
      for tensor in adapter.sharedTensors where tensor.isReproducible {
        try bases.read(tensor, of: adapter, with: &reading)
      }
      reading.readBaseParameters(of: model)
      let found = try reading.finish(for: adapter, on: model.graph, isLenient: isLenient)
      let fresh = try AdapterWeights(
        adapter, on: model, generation: bases.generation ?? .current,
        given: found.tensors.merging(bases.tensors) { $1 })
      return AdapterWeights(
        adapter, tensors: fresh.tensors,
        generation: bases.areFromKey ? bases.generation ?? .current : nil,
        baseParameters: reading.baseParameters, files: [file.path],
        warnings: configuration.loadedWarnings + found.warnings + bases.warnings(configuration),
        notes: named.notes + reading.notes)
    }
    return try read(configuration)
  }

  /// The adapter without its weights.
  package func adapter(for graph: Graph) throws -> Adapter {
    try adapter(configuration, for: graph, name: Adapter.defaultName)
  }

  /// The base model's parameters that this folder's adapter has weights for: the base's own are not
  /// read.
  package func replacedParameters(
    by adapter: Adapter, of graph: Graph
  ) throws -> Set<Parameter.ID> {
    let names = AdapterTensors(file, of: adapter.tensors, on: graph).names
    let copies = Set(adapter.copies.flatMap { [$0.name] + $0.otherNames })
    let own = names.compactMap(AdapterKey.baseParameter).filter { !copies.contains($0) }
    return try adapter.replacedParameters(of: graph)
      .union(own.compactMap { graph.parameter(calledByModule: $0) })
  }

  /// Whether modules have names in the file that transformers gave them before.
  private func hasFormerNames(on graph: Graph) -> Bool {
    let former = graph.origin.formerModules
    guard !former.isEmpty else { return false }
    return AdapterTensors(file, of: [], on: nil).names.contains { key in
      let inner = String(
        key.dropFirst(key.hasPrefix(AdapterKey.base("")) ? AdapterKey.base("").count : 0))
      return AdapterTensors.modulePaths(of: inner).contains { former[$0] != nil }
    }
  }

  private func adapter(
    _ configuration: some TunerConfiguration, for graph: Graph, name: String
  ) throws -> Adapter {
    do {
      let named =
        hasFormerNames(on: graph) ? try configuration.withCurrentNames(on: graph) : configuration
      return try Adapter(named, for: graph, name: name)
    } catch let error as TargetError {
      guard case .notFound = error.reason else { throw error }
      let trained = configuration.options.baseModelNameOrPath
      throw AdapterFolderError(.otherModel(error, trainedOn: trained), path: path)
    }
  }

  /// The model with this adapter in it.
  /// - Throws: As `weights(for:name:generation:isLenient:)`.
  public func applied(
    to model: Model, name: String = Adapter.defaultName, generation: TorchGeneration? = nil,
    isLenient: Bool = false
  ) throws -> Model {
    let weights = try weights(
      for: model, name: name, generation: generation, isLenient: isLenient)
    return try model.adapted(by: [weights])
  }
}
