import PeftBasics
import PeftPlatform

/// What a user means by a model: a description or a checkpoint's folder.
enum ModelLocation {
  case description(DescriptionSource)
  case checkpoint(folder: String)
  /// Names and shapes alone.
  case outline(ModelOutline.Source)

  /// A folder with a `config.json` comes first, then a bundled model's name, then a file's path. The
  /// path of a `config.json` means its folder.
  init(_ model: String) throws {
    if model == "config.json" || model.hasSuffix("/config.json"), access(model, F_OK) == 0 {
      self = .checkpoint(folder: model == "config.json" ? "." : String(model.dropLast(12)))
      return
    }
    let isFolder = Self.isFolder(model)
    if isFolder, access("\(model)/config.json", F_OK) == 0 {
      self = .checkpoint(folder: model)
    } else if BundledTexts.all[model] != nil {
      self = .description(.bundled(name: model))
    } else if isFolder, access("\(model)/adapter_config.json", F_OK) == 0 {
      throw DescriptionError(
        LoadingProblem.isAdapter(folder: model, base: Self.base(ofAdapter: model)), path: nil)
    } else if isFolder {
      throw DescriptionError(LoadingProblem.noConfiguration(folder: model), path: nil)
    } else if let source = Self.outline(at: model) {
      self = .outline(source)
    } else if access(model, F_OK) == 0 || Self.looksLikePath(model) {
      self = .description(.file(path: model))
    } else {
      throw DescriptionError(
        LoadingProblem.unknownModel(model, known: BundledModels.names), path: nil)
    }
  }

  /// The model that an adapter's folder says it was trained on.
  private static func base(ofAdapter folder: String) -> String? {
    let root = try? DocumentReader.read(path: "\(folder)/adapter_config.json")
    let name = root?["base_model_name_or_path"]?.string ?? root?["model"]?.string
    return name.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// What a file is that has names and shapes alone: by its name, or else by how it begins.
  private static func outline(at path: String) -> ModelOutline.Source? {
    if [".safetensors", ".index.json"].contains(where: path.hasSuffix) {
      return .tensors(path: path)
    }
    let isThere = access(path, F_OK) == 0
    if path.hasSuffix(".txt"), isThere || path.contains("/") { return .printed(path: path) }
    guard isThere, ![".yaml", ".yml", ".json"].contains(where: path.hasSuffix),
      let start = try? OpenFile(path).start(upTo: 1 << 16)
    else { return nil }
    if start.count > 8, start[8] == UInt8(ascii: "{"), start[4..<8].allSatisfy({ $0 == 0 }) {
      return .tensors(path: path)
    }
    return PrintedItem.begins(String(decoding: start, as: UTF8.self)) ? .printed(path: path) : nil
  }

  private static func looksLikePath(_ model: String) -> Bool {
    model.contains("/") || [".yaml", ".yml", ".json"].contains { model.hasSuffix($0) }
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The last part of a folder's path.
  static func name(ofFolder path: String) -> String {
    path.split(separator: "/").last { $0 != "." && $0 != ".." }.map(String.init) ?? path
  }
}
