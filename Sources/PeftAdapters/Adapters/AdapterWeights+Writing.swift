import ModelDescription
import ModelGraph
import PeftBasics
import PeftCheckpoints
import PeftReports
import PeftTensors
public import TunerKit

extension AdapterWeights {
  /// Writes the adapter as PEFT does: `adapter_config.json` and `adapter_model.safetensors`.
  ///
  /// The folder appears, or changes, in one step; other files in it stay. Writing twice gives the same
  /// bytes. The file's metadata say which torch drew the bases, and give their digests and
  /// shapes.
  /// - Parameters:
  ///   - path: The folder.
  ///   - graph: The base model's.
  ///   - projection: What is written of bases. Without them they must follow from the key.
  ///   - modelConfiguration: The model's `config.json`, where it is not the one in the model's folder.
  ///   - readme: The text of the folder's `README.md`, its model card; what is there stays where nil.
  ///   - replaces: Whether there may be something in the folder when it takes its place: without, the first
  ///     of several writers wins.
  /// - Throws: `AdapterFolderError.Reason.notFromKey` where bases must be written; `FileWriteError`.
  public func write(
    to path: String, on graph: Graph, projection: AdapterContents.Projection = .shared,
    readme: String? = nil, modelConfiguration: String? = nil, replacing replaces: Bool = true
  ) throws {
    let contents = AdapterContents(adapter, of: graph, projection: projection)
    guard !contents.items.isEmpty else {
      throw AdapterFolderError(.nothingToWrite, path: path)
    }
    let bases = adapter.sharedTensors.filter(\.isReproducible)
    if projection == .none, generation == nil, let basis = bases.first {
      throw AdapterFolderError(.notFromKey(basis.name), path: path)
    }
    var tensors: [String: Tensor] = [:]
    for item in contents.items {
      guard let parameter = item.parameter, let tensor = self.tensors[parameter] else {
        throw AdapterFolderError(.noNumbers(item.entry.name), path: path)
      }
      tensors[item.entry.name] = tensor
    }
    let adapted = Set(adapter.updates.map(\.site.path))
    for name in baseParameters {
      let path = name.split(separator: ".").dropLast().joined(separator: ".")
      let key = AdapterKey.base(adapted.contains(path) ? AdapterKey.wrapped(name) : name)
      if tensors[key] == nil { tensors[key] = self.tensors[name] }
    }
    try FolderWriter.write(to: path, replacing: replaces) { folder in
      try folder.add(AdapterFolder.configurationName, configurationText(projection))
      try folder.add(
        AdapterFolder.tensorsName, tensors: tensors,
        metadata: record.metadata.merging(["format": "pt"]) { $1 })
      if let modelConfiguration {
        try folder.add(ModelDescription.configurationName, modelConfiguration)
      }
      if let readme { try folder.add(Self.readmeName, readme) }
    }
  }

  /// Which torch drew the bases, their digests and shapes.
  private var record: BasisRecord {
    var record = BasisRecord()
    for tensor in adapter.sharedTensors where !tensor.isTrained {
      guard let numbers = tensors[tensor.parameterName(adapter: name)] else { continue }
      record.note(tensor.name, numbers)
      if case .basis(let basis) = tensor.initial, basis.dependsOnGeneration {
        record.generation = generation
      }
    }
    return record
  }

  /// The configuration as PEFT writes it: every field, in alphabetical order, names sorted.
  private func configurationText(_ projection: AdapterContents.Projection) -> String {
    var values = adapter.configuration.values
    values["inference_mode"] = .bool(true)
    if values["peft_version"] == .null { values["peft_version"] = .text(Self.peftVersion) }
    let hasBases = adapter.sharedTensors.contains { !$0.isTrained }
    if hasBases, let field = adapter.configuration.basisSettings.isSaved {
      values[field] = .bool(projection != .none)
    }
    return ConfigurationValue.map(values).configurationFile
  }

  /// The file of a folder's model card.
  private static let readmeName = "README.md"

  /// The release of PEFT whose files these are.
  package static let peftVersion = "0.21.2"
}
