import ModelDescription
import ModelGraph
import OrderedCollections
import PeftBasics
import PeftCheckpoints
import PeftReports
import PeftTensors
import TunerKit

/// An adapter's file with its bases in it as often as wanted, and every other tensor as it is.
struct AdapterRewriting {
  let folder: AdapterFolder
  let listing: AdapterListing
  /// The bases in the type they are stored in, by the tensors' names.
  private let bases: [String: Tensor]
  private let infos: [String: TensorInfo]
  /// What is noted about them.
  let record: BasisRecord

  /// - Parameter numbers: The bases, in the types they have in the file where they are in it.
  init(
    _ folder: AdapterFolder, _ listing: AdapterListing, _ numbers: [String: Tensor],
    generation: TorchGeneration?
  ) {
    self.folder = folder
    self.listing = listing
    bases = numbers
    infos = numbers.mapValues { TensorInfo(shape: $0.shape, type: $0.type) }
    var record = BasisRecord()
    record.generation = generation
    for (name, tensor) in numbers { record.note(name, tensor, type: tensor.type) }
    self.record = record
  }

  /// What would be written with the bases that the file lacks, to count its bytes.
  /// - Returns: Nil where the file does not say what they were.
  init?(_ folder: AdapterFolder, _ listing: AdapterListing, recorded record: BasisRecord) {
    guard listing.bases.allSatisfy({ record.shapes[$0.name] != nil }) else { return nil }
    self.folder = folder
    self.listing = listing
    bases = [:]
    infos = record.shapes.filter { shape in listing.bases.contains { $0.name == shape.key } }
      .reduce(into: [:]) { infos, shape in
        infos[shape.key] = TensorInfo(
          shape: shape.value, type: record.types[shape.key] ?? .float32)
      }
    self.record = record
  }

  private var metadata: [String: String] {
    folder.file.metadata.merging(record.metadata) { $1 }
  }

  /// The tensors of the file, those of bases with the basis' name.
  private func entries(
    _ projection: AdapterContents.Projection
  ) -> [(entry: SafetensorsLayout.Entry, basis: String?)] {
    listing.kept.map { item in
      (.init(name: item.name, shape: item.info.shape, type: item.info.type), nil)
    }
      + listing.bases.flatMap { basis -> [(entry: SafetensorsLayout.Entry, basis: String?)] in
        guard let info = infos[basis.name] else { return [] }
        return listing.keys(of: basis, projection).map { key in
          (.init(name: key, shape: info.shape, type: info.type), basis.name)
        }
      }
  }

  /// The length of the file.
  /// - Throws: `SizeOverflow` where it cannot be counted.
  func byteCount(_ projection: AdapterContents.Projection) throws(SizeOverflow) -> Int {
    try SafetensorsLayout(entries(projection).map(\.entry), metadata: metadata).fileBytes
  }

  /// Writes the adapter's two files in one step.
  func write(
    to path: String, _ projection: AdapterContents.Projection, replacing replaces: Bool
  ) throws {
    let entries = entries(projection)
    var names: [String: String] = [:]
    for case (let entry, let basis?) in entries { names[entry.name] = basis }
    try FolderWriter.write(to: path, replacing: replaces) { new in
      try new.add(AdapterFolder.configurationName, configurationText(projection))
      try new.add(
        AdapterFolder.tensorsName, entries: entries.map(\.entry), metadata: metadata
      ) { entry in
        guard let tensor = names[entry.name].map({ bases[$0] }) ?? folder.file.tensor(entry.name)
        else { preconditionFailure("\(entry.name) was in the file") }
        return tensor
      }
      try folder.addFilesBeside(to: new, at: path)
    }
  }

  /// The configuration as it was, but for what it says about bases.
  private func configurationText(_ projection: AdapterContents.Projection) throws -> String {
    var values = try ConfigurationFile(path: folder.path).values
    if values["peft_type"] == nil { values = folder.configuration.values }
    if let field = folder.configuration.basisSettings.isSaved {
      values[field] = .bool(projection != .none)
    }
    return ConfigurationValue.map(values).configurationFile
  }
}

extension AdapterFolder {
  /// Refuses a place where nothing can be written, or where a model is that would be mixed with an
  /// adapter, before the work begins.
  func checkPlace(_ path: String) throws {
    if !FileWriter.isThere(path.file(Self.configurationName)) {
      for name in ["config.json", "model.safetensors", "model.safetensors.index.json"]
      where FileWriter.isThere(path.file(name)) {
        throw AdapterBasisError(.isCheckpoint(name), path: path)
      }
    }
    try FolderWriter.check(path)
  }

  /// Writes the adapter's two files as they are.
  package func copy(to path: String, replacing replaces: Bool = true) throws {
    try FolderWriter.write(to: path, replacing: replaces) { new in
      for name in [Self.configurationName, Self.tensorsName] {
        try new.add(name, copyOf: self.path.file(name))
      }
      try addFilesBeside(to: new, at: path)
    }
  }

  /// Copies what belongs to the adapter beside its own two files: the configuration of a model with a new head, and
  /// the model card. In a model's own folder these are the model's.
  fileprivate func addFilesBeside(to new: NewFolder, at path: String) throws {
    let isModel = ["model.safetensors", "model.safetensors.index.json"].contains {
      FileWriter.isThere(self.path.file($0))
    }
    guard !isModel, !FolderWriter.isOne(path, self.path) else { return }
    for name in [ModelDescription.configurationName, "README.md"]
    where FileWriter.isThere(self.path.file(name)) {
      try new.add(name, copyOf: self.path.file(name))
    }
  }
}
