public import ModelDescription
import ModelGraph
import PeftBasics
import PeftCheckpoints
import PeftReports
import PeftTensors
import TunerKit

/// A checkpoint with adapters merged into its weights, to be written as a folder that `transformers`
/// loads: in the base's types and shards, with its other files. Modules that only an adapter has are
/// added in 32 bits.
///
///     let merged = try MergedCheckpoint("gpt2", adapters: ["my-adapter"])
///     try merged.write(to: "gpt2-merged")
public struct MergedCheckpoint {
  /// The base model.
  public let base: Model
  /// What is merged.
  public let adapters: [AdapterWeights]
  private let description: ModelDescription
  private let checkpoint: Checkpoint
  private let merged: MergedWeights
  private let found: ParameterTensors

  /// - Parameters:
  ///   - weights: A safetensors file or a folder with one or several; the model's own where nil.
  ///   - folders: What the adapters are read from: what they save in full, the weights may lack.
  ///   - adapters: Makes each adapter, once the base is read.
  /// - Throws: What reading model, weights and adapters throws; `MergeError` where they do not go
  ///   together in a checkpoint.
  public init(
    _ description: ModelDescription, weights path: String? = nil,
    for folders: [AdapterFolder] = [], threads: Int? = nil,
    adapters: (Model) throws -> [AdapterWeights]
  ) throws {
    checkpoint = try Checkpoint(path: description.weightsPath(path))
    let description = try description.fitted(to: checkpoint)
    self.description = description
    let graph = try description.graph()
    let optional = try folders.replacedParameters(of: graph)
    base = try Model(description, graph, checkpoint, optional: optional, threads: threads)
    self.adapters = try adapters(base)
    guard
      !self.adapters.contains(where: { $0.adapter.configuration.options.layerReplication != nil })
    else { throw MergeError.otherLayers }
    found = try checkpoint.tensors(
      of: description, base.graph, optional: optional, dispensable: base.lackingParameters)
    merged = try MergedWeights(self.adapters, on: base)
  }

  /// The parameters that change, as the modules call them.
  public var changedParameters: [String] { merged.names }

  /// Modules that share a weight in the base and have one of their own afterwards.
  public var separatedParameters: [String] { merged.separated }

  /// The files that are read.
  public var files: [String] { checkpoint.filePaths + adapters.flatMap(\.files) }

  /// Writes the checkpoint in one step. One weight at a time is in memory.
  /// - Parameters:
  ///   - replaces: Whether there may be something in the folder when it takes its place: without, the first
  ///     of several writers wins.
  ///   - isChecked: Whether to run it on random inputs before the folder takes its place, and to compare it
  ///     with the adapted model.
  ///   - progress: Told of every weight that was computed.
  /// - Returns: How far the two are from each other; nil where that was not to be checked. Rounding to 16
  ///   bits is what usually makes a difference.
  /// - Throws: `MergeError` where a weight would not be finite, or where the answers differ by more than
  ///   rounding explains: 1e-3 of the largest output for 32-bit weights, half of it for 16-bit ones;
  ///   `FileWriteError`, `CheckpointError`. Then the folder is as it was.
  @discardableResult
  public func write(
    to path: String, replacing replaces: Bool = true, isChecked: Bool = false,
    progress: @escaping (String) -> Void = { _ in }
  ) throws -> OutputDifference? {
    var rewriter = CheckpointRewriter(checkpoint)
    rewriter.companionFolder = companionFolder
    try splitFusedTensors(in: &rewriter, progress)
    for name in merged.separated { try separate(name, in: &rewriter, progress) }
    let shared = Set(merged.separated.flatMap { fileNames($0) })
    for name in merged.names where !merged.separated.contains(name) {
      guard let id = base.graph.parameter(calledByModule: name), let file = found.names[id] else {
        try add(name, to: &rewriter, progress)
        continue
      }
      for file in [file] + (found.copies[id] ?? [])
      where !shared.contains(file) && TensorPart(file).run == nil {
        try rewriter.replace(file) {
          progress(name)
          return try merged.tensor(name).stored(as: checkpoint.info(file))
        }
      }
    }
    var configuration: String?
    if !merged.separated.isEmpty, !description.filesDecideTying {
      let (text, untied) = try untiedConfiguration()
      configuration = text
      try separateTheRest(in: &rewriter, as: untied.graph(), progress)
    }
    configuration = try description.configurationWithSettings(in: configuration)
    if let configuration { rewriter.setFile("config.json", Array(configuration.utf8)) }
    var difference: OutputDifference?
    try rewriter.write(to: path, replacing: replaces) { folder in
      if isChecked { difference = try checkedDifference(writtenTo: folder, for: path) }
    }
    return difference
  }

  /// Where the model's configuration and other files are: not beside a file of weights that was given
  /// by itself.
  private var companionFolder: String? {
    if let folder = description.checkpointFolder { return folder }
    return FileWriter.isThere("\(checkpoint.path)/config.json") ? checkpoint.path : nil
  }

  /// Gives a module a tensor of its own in place of one that it shared.
  private func separate(
    _ name: String, in rewriter: inout CheckpointRewriter, _ progress: @escaping (String) -> Void
  ) throws {
    guard let id = base.graph.parameter(calledByModule: name), let file = found.names[id],
      let info = checkpoint.info(file)
    else { return try add(name, to: &rewriter, progress) }
    let tensor = { try current(name, info, in: file, progress) }
    if fileNames(name).contains(file) {
      // The files have what is shared under the name of the module that gets its own.
      let owner = base.graph[id].name
      try rewriter.add(fileName(of: owner), info, beside: file) {
        try current(owner, info, in: file, progress)
      }
      try rewriter.replace(file, with: tensor)
    } else if let known = fileNames(name).first(where: { rewriter.info($0) != nil && $0 != file }) {
      try rewriter.replace(known, with: tensor)
    } else {
      try rewriter.add(name, info, beside: file, tensor)
    }
  }

  /// What a parameter is afterwards: merged, or as the file has it where no adapter changes it.
  private func current(
    _ name: String, _ info: TensorInfo, in file: String, _ progress: (String) -> Void
  ) throws -> Tensor {
    guard merged.names.contains(name) else { return try checkpoint.tensor(file) }
    progress(name)
    return try merged.tensor(name).stored(as: info)
  }

  /// Writes the parts of a fused tensor by themselves, under the names of today, where one of them changes.
  private func splitFusedTensors(
    in rewriter: inout CheckpointRewriter, _ progress: @escaping (String) -> Void
  ) throws {
    let parts = found.names.filter { TensorPart($0.value).run != nil }
    let changed = parts.filter { merged.names.contains(base.graph[$0.key].name) }
    let fused = Set(changed.values.map { TensorPart($0).name })
    for (id, file) in parts.sorted(by: { $0.value < $1.value }) {
      let part = TensorPart(file)
      guard fused.contains(part.name), let info = checkpoint.info(part.name) else { continue }
      if rewriter.info(part.name) != nil { try rewriter.remove(part.name) }
      let (name, shape) = (base.graph[id].name, base.graph[id].shape)
      try rewriter.add(name, TensorInfo(shape: shape, type: info.type)) {
        guard merged.names.contains(name) else {
          return checkpoint.tensor(at: part) ?? Tensor([Float](), shape: [0])
        }
        progress(name)
        return try merged.tensor(name).converted(to: info.type)
      }
    }
  }

  /// Writes what the untied model has of its own beside a head's weight, such as the bias of a BERT's decoder.
  private func separateTheRest(
    in rewriter: inout CheckpointRewriter, as untied: Graph, _ progress: @escaping (String) -> Void
  ) throws {
    for parameter in untied.parameters where !merged.separated.contains(parameter.name) {
      let name = parameter.name
      guard base.graph.parameter(named: name) == nil, rewriter.info(name) == nil,
        let shared = base.graph.parameter(calledByModule: name)
      else { continue }
      let owner = base.graph[shared].name
      if let file = found.names[shared], let info = checkpoint.info(file) {
        try rewriter.add(name, info, beside: file) {
          try current(owner, info, in: file, progress)
        }
      } else if merged.names.contains(owner) {
        let info = TensorInfo(shape: merged.shape(owner), type: merged.type(owner))
        try rewriter.add(name, info) { try merged.tensor(owner) }
      }
    }
  }

  /// Adds a tensor of a module that only an adapter has, as it was trained.
  private func add(
    _ name: String, to rewriter: inout CheckpointRewriter, _ progress: @escaping (String) -> Void
  ) throws {
    guard merged.names.contains(name) else { throw MergeError.notInFiles(name) }
    let info = TensorInfo(shape: merged.shape(name), type: merged.type(name))
    let tensor = {
      progress(name)
      return try merged.tensor(name)
    }
    // The base's may be there in other sizes.
    let known = sharedNames(of: name).flatMap { fileNames($0) }.filter { rewriter.info($0) != nil }
    for file in Set(known).sorted() { try rewriter.replace(file, as: info, with: tensor) }
    if known.isEmpty { try rewriter.add(name, info, tensor) }
  }

  /// What modules call a parameter that shares its values with this one afterwards, too.
  private func sharedNames(of name: String) -> [String] {
    guard !merged.separated.contains(name), let id = base.graph.parameter(calledByModule: name)
    else { return [name] }
    let names = base.graph.modules.parameterNames()[id] ?? [name]
    return names.filter { !merged.separated.contains($0) }
  }

  /// What these files would call a parameter that they lack, going by those that they have.
  private func fileName(of parameter: String) -> String {
    let names = description.checkpointNames
    var counts: [Int: Int] = [:]
    for (id, file) in found.names {
      guard let index = names.names(ofParameter: base.graph[id].name).firstIndex(of: file) else {
        continue
      }
      counts[index, default: 0] += 1
    }
    let usual = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? 0
    let own = names.names(ofParameter: parameter)
    return own.indices.contains(usual) ? own[usual] : parameter
  }

  /// What files may call a parameter.
  private func fileNames(_ name: String) -> [String] {
    [name] + description.checkpointNames.names(ofParameter: name)
  }

  /// The model's `config.json` with its embeddings untied; that beside the weights where the model is
  /// a description without one.
  private func untiedConfiguration() throws -> (text: String, description: ModelDescription) {
    let beside = checkpoint.filePaths[0].split(separator: "/", omittingEmptySubsequences: false)
      .dropLast().joined(separator: "/")
    let folder = description.checkpointFolder ?? (beside.isEmpty ? "." : beside)
    let path = "\(folder)/config.json"
    guard FileWriter.isThere(path) else { throw MergeError.cannotUntie(merged.separated[0]) }
    guard case .map(var fields) = ConfigurationValue(try DocumentReader.read(path: path)) else {
      throw MergeError.cannotUntie(merged.separated[0])
    }
    fields["tie_word_embeddings"] = .bool(false)
    let text = ConfigurationValue.map(fields).configurationFile
    // A family whose head differs in more than its weight when it is untied.
    let untied = try? ModelDescription(
      configuration: text, path: path, families: description.families)
    guard let untied else { throw MergeError.cannotUntie(merged.separated[0]) }
    return (text, untied)
  }
}

extension Tensor {
  /// As the file has it: a number may be stored as `[1]`.
  fileprivate func stored(as info: TensorInfo?) -> Tensor {
    guard let info else { return self }
    return converted(to: info.type).reshaped(info.shape)
  }
}

extension MergedCheckpoint {
  /// How far the written checkpoint's answers are from those of the adapted base, on random inputs, refusing
  /// what rounding does not explain.
  /// - Parameters:
  ///   - folder: Where it is so far.
  ///   - path: Where it will be.
  /// - Throws: `MergeError.doesNotRead`, `.overflows`, `.differs`.
  private func checkedDifference(
    writtenTo folder: String, for path: String
  ) throws -> OutputDifference {
    let inputs = try base.graph.probeInputs()
    let expected = try base.adapted(by: adapters)(inputs)
    // A description by itself does not know of a head that came apart.
    let isDescribedByFolder = description.checkpointFolder != nil || !merged.separated.isEmpty
    let written: Model
    do {
      written =
        isDescribedByFolder
        ? try Model(folder, families: description.families, threads: base.threads)
        : try Model(description, weights: folder, threads: base.threads)
    } catch {
      throw MergeError.doesNotRead(path, AnyDiagnosis(error))
    }
    let difference = OutputDifference(try written(inputs), expected)
    guard !difference.overflows else { throw MergeError.overflows(path) }
    let isRounded = merged.names.contains { merged.type($0) != .float32 }
    guard difference.relative <= (isRounded ? 0.5 : 1e-3) else {
      throw MergeError.differs(path, difference)
    }
    return difference
  }
}
