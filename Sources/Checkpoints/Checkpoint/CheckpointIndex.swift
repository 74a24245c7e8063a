/// `model.safetensors.index.json`: which file holds which tensor of a model that is in several.
struct CheckpointIndex {
  /// File names by tensor.
  private(set) var files: [String: String] = [:]
  private static let mostBytes = 100_000_000

  /// - Throws: `FileReadError` or `CheckpointError`.
  init(path: String) throws {
    let file = try MappedFile(path: path)
    do {
      guard file.bytes.count <= Self.mostBytes else {
        throw CheckpointError.Reason.indexTooLong(bytes: file.bytes.count, limit: Self.mostBytes)
      }
      try read(file.bytes)
    } catch let mistake as JSONMistake {
      throw CheckpointError(reason: .indexNotJSON(mistake), path: path)
    } catch let reason as CheckpointError.Reason {
      throw CheckpointError(reason: reason, path: path)
    }
  }

  private mutating func read(_ bytes: UnsafeRawBufferPointer) throws {
    var reader = JSONReader(bytes)
    let kind = try reader.kind()
    guard kind == .object else { throw CheckpointError.Reason.indexKind(found: kind.rawValue) }
    var hasMap = false
    try reader.enterObject()
    while let name = try reader.nextName() {
      guard name == "weight_map" else {
        try reader.skipValue()
        continue
      }
      guard !hasMap else { throw CheckpointError.Reason.mapTwice }
      hasMap = true
      try readMap(&reader)
    }
    try reader.finish()
    guard hasMap else { throw CheckpointError.Reason.noMap }
    guard !files.isEmpty else { throw CheckpointError.Reason.mapEmpty }
  }

  private mutating func readMap(_ reader: inout JSONReader) throws {
    let kind = try reader.kind()
    guard kind == .object else { throw CheckpointError.Reason.mapKind(found: kind.rawValue) }
    try reader.enterObject()
    while let tensor = try reader.nextName() {
      let kind = try reader.kind()
      guard kind == .text else {
        throw CheckpointError.Reason.entryKind(tensor: tensor, found: kind.rawValue)
      }
      let file = try reader.text()
      // An index must not lead out of its folder.
      guard !["", ".", ".."].contains(file), !file.utf8.contains(where: { $0 == 0x2F || $0 == 0 })
      else {
        throw CheckpointError.Reason.badFileName(tensor: tensor, file: file)
      }
      guard files.updateValue(file, forKey: tensor) == nil else {
        throw CheckpointError.Reason.tensorTwice(tensor)
      }
    }
  }
}
