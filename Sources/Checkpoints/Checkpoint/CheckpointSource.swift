#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What a path to weights leads to.
enum CheckpointSource {
  case file(String)
  case index(String, folder: String)

  /// - Throws: `FileReadError` or `CheckpointError`.
  init(path: String) throws {
    switch Self.kind(of: path) {
    case .folder: try self.init(folder: path)
    case .file, nil:
      let (folder, name) = Self.split(path)
      if let ending = Self.pickleEndings.first(where: name.hasSuffix), Self.kind(of: path) != nil {
        let pattern = ending == ".bin.index.json" ? "*.bin" : "*\(ending)"
        throw CheckpointError(reason: .pickled(folder: folder, pattern: pattern), path: path)
      }
      self = name.hasSuffix(".index.json") ? .index(path, folder: folder) : .file(path)
    }
  }

  private static let pickleEndings = [".bin.index.json", ".bin", ".pt", ".pth", ".ckpt"]

  private init(folder: String) throws {
    func has(_ name: String) -> Bool { Self.kind(of: "\(folder)/\(name)") == .file }
    if has("model.safetensors") {
      self = .file("\(folder)/model.safetensors")
    } else if has("model.safetensors.index.json") {
      self = .index("\(folder)/model.safetensors.index.json", folder: folder)
    } else if has("pytorch_model.bin") || has("pytorch_model.bin.index.json") {
      throw CheckpointError(
        reason: .pickled(folder: folder, pattern: "pytorch_model*.bin"), path: folder)
    } else if has("adapter_model.safetensors") || has("adapter_model.bin") {
      throw CheckpointError(reason: .onlyAdapter, path: folder)
    } else {
      throw CheckpointError(reason: .noWeights, path: folder)
    }
  }

  enum Kind { case file, folder }

  /// Whether there is a folder or something else at a path; nil where there is nothing.
  static func kind(of path: String) -> Kind? {
    var status = stat()
    guard !path.utf8.contains(0), stat(path, &status) == 0 else { return nil }
    return status.st_mode & S_IFMT == S_IFDIR ? .folder : .file
  }

  /// A path as the folder's and the name in it.
  private static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
    let folder = slash == path.startIndex ? "/" : String(path[..<slash])
    return (folder, String(path[path.utf8.index(after: slash)...]))
  }
}
