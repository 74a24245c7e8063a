import PeftBasics
import PeftTensors

extension CheckpointRewriter {
  /// Writes the checkpoint to a folder, all of it in one step, as `FolderWriter` does.
  ///
  /// Several files stay several, with a new index; a single one becomes `model.safetensors`. What
  /// belongs to a model beside its weights, such as `config.json` and a tokenizer's files, comes along
  /// from `companionFolder`. Of the files that are in the folder already, those go that would be read in
  /// place of the new ones or on top of them: another model's weights, an adapter.
  ///
  /// Before the folder takes its place, it is opened, and what its files say is compared with what
  /// they should.
  /// - Parameters:
  ///   - replaces: Whether there may be something in the folder when it takes its place: without, the first
  ///     of several writers wins.
  ///   - check: Looks at the new folder at the place where it is until then; what it throws stops it.
  /// - Throws: `FileReadError`, `FileWriteError`, `SafetensorsError` where a tensor is not as
  ///   announced, `CheckpointError`, or what a tensor's closure throws. The folder is then as it was.
  public func write(
    to path: String, replacing replaces: Bool = true, check: (String) throws -> Void = { _ in }
  ) throws {
    let weights = try weightFiles()
    try FolderWriter.write(to: path, replacing: replaces) { folder in
      for (name, file) in weights { try addTensors(ofFile: file, to: folder, as: name) }
      if isSharded { try folder.add(CheckpointIndex.fileName, index(weights).bytes) }
      let changed = files.sorted { $0.key < $1.key }
      for (name, bytes) in changed { try folder.add(name, bytes) }
      if let companionFolder {
        let weights = Set(source.files.map { Paths.split($0.path).name })
        try folder.addCompanions(from: companionFolder, but: weights)
      }
      folder.leaveOut(where: CompanionFiles.isInTheWay)
      try verify(folder, weights)
      try check(folder.partial.path)
    }
  }

  private var isSharded: Bool { source.indexMetadata != nil }

  /// The files to be written, by name, each with its number among the source's.
  private func weightFiles() throws(CheckpointError) -> [(name: String, file: Int)] {
    var weights = [(name: CompanionFiles.singleModel, file: 0)]
    if isSharded {
      let used = Set(tensors.values.map(\.file))
      weights = source.files.indices.filter(used.contains).map {
        (name: Paths.split(source.files[$0].path).name, file: $0)
      }
    }
    for (name, _) in weights {
      // What would be read in place of the index.
      let hidesOthers = name == CompanionFiles.singleModel && weights.count > 1
      if hidesOthers || name == CheckpointIndex.fileName { throw error(.fileNameTaken(name)) }
    }
    let taken = files.keys.filter { name in
      CompanionFiles.isModelWeights(name) || weights.contains { $0.name == name }
    }
    if let name = taken.min() { throw error(.fileNameTaken(name)) }
    return weights
  }

  private func addTensors(ofFile file: Int, to folder: NewFolder, as name: String) throws {
    let entries = tensors.filter { $0.value.file == file }.map {
      SafetensorsLayout.Entry(name: $0.key, shape: $0.value.info.shape, type: $0.value.info.type)
    }
    let metadata = source.files[file].metadata
    try folder.add(name, entries: entries, metadata: metadata) { entry in
      try tensors[entry.name]?.tensor?() ?? source.tensor(entry.name)
    }
  }

  private func index(_ weights: [(name: String, file: Int)]) -> CheckpointIndex {
    let names = Dictionary(uniqueKeysWithValues: weights.map { ($0.file, $0.name) })
    func size(_ info: TensorInfo) -> Int { info.shape.reduce(1, *) }
    var metadata = source.indexMetadata ?? [:]
    let bytes = tensors.values.reduce(0) { $0 + size($1.info) * $1.info.type.byteCount }
    metadata["total_size"] = String(bytes)
    // Which tensors it counts, such as tied ones once, its writer knows: only the change is sure.
    if let old = metadata["total_parameters"].flatMap({ Int($0) }) {
      let before = source.names.compactMap(source.info).reduce(0) { $0 + size($1) }
      let after = tensors.values.reduce(0) { $0 + size($1.info) }
      metadata["total_parameters"] = String(old + after - before)
    }
    return CheckpointIndex(files: tensors.mapValues { names[$0.file]! }, metadata: metadata)
  }

  /// - Throws: `CheckpointError.Reason.writtenWrongly`, or what opening a broken checkpoint throws.
  private func verify(_ folder: NewFolder, _ weights: [(name: String, file: Int)]) throws {
    let written = try Checkpoint(path: folder.partial.path)
    let numbers = Dictionary(uniqueKeysWithValues: weights.map { ($0.name, $0.file) })
    var wrong = Set(written.names).symmetricDifference(tensors.keys)
    for (name, planned) in tensors {
      let file = written.places[name].map { Paths.split(written.files[$0].path).name }
      if written.info(name) != planned.info || file.flatMap({ numbers[$0] }) != planned.file {
        wrong.insert(name)
      }
    }
    guard wrong.isEmpty else {
      throw CheckpointError(
        reason: .writtenWrongly(tensors: wrong.sorted()), path: folder.place.path)
    }
  }
}
