import PeftBasics

/// What a path to weights leads to.
enum CheckpointSource {
  case file(String)
  case index(String, folder: String)

  /// - Throws: `FileReadError` or `CheckpointError`.
  init(path: String) throws {
    switch Paths.kind(of: path) {
    case .folder: try self.init(folder: path)
    default:
      let (folder, name) = Paths.split(path)
      if let ending = Self.pickleEndings.first(where: name.hasSuffix), Paths.kind(of: path) != nil {
        let pattern = ending == ".bin.index.json" ? "*.bin" : "*\(ending)"
        throw CheckpointError(reason: .pickled(folder: folder, pattern: pattern), path: path)
      }
      self = name.hasSuffix(".index.json") ? .index(path, folder: folder) : .file(path)
    }
  }

  private static let pickleEndings = [".bin.index.json", ".bin", ".pt", ".pth", ".ckpt"]

  private init(folder: String) throws {
    func has(_ name: String) -> Bool {
      let kind = Paths.kind(of: "\(folder)/\(name)")
      return kind != nil && kind != .folder
    }
    if has("model.safetensors") {
      self = .file("\(folder)/model.safetensors")
    } else if has(CheckpointIndex.fileName) {
      self = .index("\(folder)/\(CheckpointIndex.fileName)", folder: folder)
    } else if has("pytorch_model.bin") || has("pytorch_model.bin.index.json") {
      throw CheckpointError(
        reason: .pickled(folder: folder, pattern: "pytorch_model*.bin"), path: folder)
    } else if has("adapter_model.safetensors") || has("adapter_model.bin") {
      throw CheckpointError(reason: .onlyAdapter, path: folder)
    } else {
      throw CheckpointError(reason: .noWeights, path: folder)
    }
  }
}
