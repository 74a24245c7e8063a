import PeftBasics
public import PeftTensors

/// The weights of a model: one safetensors file, or several with an index.
///
/// Opening one reads the headers; a tensor's values are read from the mapped file when they are first
/// used, and are not copied.
public struct Checkpoint: Sendable {
  /// The folder, file or index that was opened.
  public let path: String
  /// In the order of their names.
  let files: [SafetensorsFile]
  /// Which of the files each tensor is in, by its name.
  let places: [String: Int]
  /// What the index says about the model, by name, in JSON; nil where there is no index.
  let indexMetadata: [String: String]?

  /// - Parameter path: A folder with `model.safetensors` or else `model.safetensors.index.json`; a
  ///   safetensors file of any name; or an index, whose name ends in `.index.json`.
  /// - Throws: `FileReadError`, `SafetensorsError` or `CheckpointError`. After that, every tensor of
  ///   the index is there.
  public init(path: String) throws { try self.init(path: path, isWhole: true) }

  /// The headers alone, for names and shapes: tensors' bytes need not be there.
  package init(headersAt path: String) throws { try self.init(path: path, isWhole: false) }

  private init(path: String, isWhole: Bool) throws {
    self.path = path
    let source = try CheckpointSource(path: path)
    switch source {
    case .file(let file):
      files = [try SafetensorsFile(path: file, isWhole: isWhole)]
      places = Dictionary(uniqueKeysWithValues: files[0].names.map { ($0, 0) })
      indexMetadata = nil
    case .index(let path, let folder):
      let index = try CheckpointIndex(path: path)
      (files, places) = try Self.open(index, path: path, folder: folder, isWhole: isWhole)
      indexMetadata = index.metadata
    }
  }

  private static func open(
    _ index: CheckpointIndex, path: String, folder: String, isWhole: Bool
  ) throws -> (files: [SafetensorsFile], places: [String: Int]) {
    let names = Set(index.files.values).sorted()
    let missing = names.filter { Paths.kind(of: "\(folder)/\($0)") == nil }
    guard missing.isEmpty else {
      throw CheckpointError(
        reason: isWhole ? .filesMissing(missing) : .headersMissing(missing), path: path)
    }
    let files = try names.map { try SafetensorsFile(path: "\(folder)/\($0)", isWhole: isWhole) }
    let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    var places = index.files.mapValues { numbers[$0]! }
    let absent = places.filter { files[$0.value].info($0.key) == nil }
    if let file = absent.values.min() {
      let tensors = absent.filter { $0.value == file }.keys.sorted()
      throw CheckpointError(reason: .tensorsMissing(tensors, file: names[file]), path: path)
    }
    // Tensors that the index does not list can still be read, or reported as unexpected.
    for (number, file) in files.enumerated() {
      for name in file.names where places[name] == nil { places[name] = number }
    }
    return (files, places)
  }

  /// The files that hold the tensors.
  public var filePaths: [String] { files.map(\.path) }

  /// Whether a file ends before its last tensor does.
  package var isTruncated: Bool { files.contains { $0.isTruncated } }

  /// The names of all tensors, in alphabetical order.
  public var names: [String] { places.keys.sorted() }

  /// Shape and type of a tensor; nil where there is none of that name.
  public func info(_ name: String) -> TensorInfo? { places[name].flatMap { files[$0].info(name) } }

  /// - Throws: `CheckpointError.Reason.noTensor` where there is none of that name.
  public func tensor(_ name: String) throws(CheckpointError) -> Tensor {
    guard let place = places[name], let tensor = files[place].tensor(name) else {
      throw CheckpointError(reason: .noTensor(name), path: path)
    }
    return tensor
  }
}
