import PeftBasics

/// `model.safetensors.index.json`: which file holds which tensor of a model that is in several.
struct CheckpointIndex {
  /// File names by tensor.
  private(set) var files: [String: String] = [:]
  /// What it says about the model, by name, in JSON: `"total_size": 40`.
  private(set) var metadata: [String: String] = [:]
  /// What an index is called in a model's folder.
  static let fileName = "model.safetensors.index.json"
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
      switch name {
      case "weight_map":
        guard !hasMap else { throw CheckpointError.Reason.mapTwice }
        hasMap = true
        try readMap(&reader)
      case "metadata" where try reader.kind() == .object: try readMetadata(&reader)
      default: try reader.skipValue()
      }
    }
    try reader.finish()
    guard hasMap else { throw CheckpointError.Reason.noMap }
    guard !files.isEmpty else { throw CheckpointError.Reason.mapEmpty }
  }

  private mutating func readMetadata(_ reader: inout JSONReader) throws {
    try reader.enterObject()
    while let name = try reader.nextName() {
      reader.skipBlanks()
      let start = reader.offset
      try reader.skipValue()
      metadata[name] = String(decoding: reader.bytes[start..<reader.offset], as: UTF8.self)
    }
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

extension CheckpointIndex {
  /// An index of a checkpoint that is to be written.
  /// - Parameter metadata: By name, in JSON.
  init(files: [String: String], metadata: [String: String]) {
    self.files = files
    self.metadata = metadata
  }

  /// The index in JSON, as transformers lays it out: names sorted, two spaces a level.
  var bytes: [UInt8] {
    var writer = JSONWriter(.indented)
    writer.object { writer in
      writer.member("metadata")
      writer.object { writer in
        for (name, json) in Self.sorted(metadata) {
          writer.member(name)
          writer.value(written: json)
        }
      }
      writer.member("weight_map")
      writer.object { writer in
        for (name, file) in Self.sorted(files) { writer.member(name, .text(file)) }
      }
    }
    return writer.bytes + "\n".utf8
  }

  private static func sorted(_ members: [String: String]) -> [(key: String, value: String)] {
    members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
  }
}
