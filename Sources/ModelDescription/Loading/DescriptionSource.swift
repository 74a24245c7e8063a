import PeftBasics
import PeftPlatform

/// Where a description is read from: a file, or the ones built into the library.
enum DescriptionSource: Hashable {
  case file(path: String)
  case bundled(name: String)

  /// The path that messages show.
  var displayPath: String {
    switch self {
    case .file(let path): path
    case .bundled(let name): "Models/\(name).yaml"
    }
  }

  func read(limits: DocumentLimits) throws -> DocumentNode {
    switch self {
    case .file(let path): return try DocumentReader.read(path: path, limits: limits)
    case .bundled(let name):
      guard let text = BundledTexts.all[name] else {
        throw DescriptionError(
          LoadingProblem.unknownModel(name, known: BundledModels.names), path: nil)
      }
      return try DocumentReader.read(text: text, path: displayPath, limits: limits)
    }
  }

  /// The description that an `extends` names: a file in the same folder or below, or a bundled one.
  func resolve(extends node: DocumentNode) throws -> DescriptionSource {
    guard let text = node.string, !text.isEmpty else {
      throw DescriptionError(
        LoadingProblem.wrongKind(
          key: "extends", expected: "a file's name", found: node.kindName), at: node.range)
    }
    guard !text.hasPrefix("/"), !text.split(separator: "/").contains("..") else {
      throw DescriptionError(LoadingProblem.extendsOutside(text), at: node.range)
    }
    if case .file(let path) = self, let found = try Self.file(text, beside: path, at: node.range) {
      return found
    }
    let name = text.hasSuffix(".yaml") ? String(text.dropLast(5)) : text
    guard BundledTexts.all[name] != nil else {
      throw DescriptionError(
        LoadingProblem.extendsUnknown(text, known: BundledModels.names), at: node.range)
    }
    return .bundled(name: name)
  }

  private static func file(
    _ text: String, beside path: String, at range: SourceRange
  ) throws -> DescriptionSource? {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
    let candidate = (folder == "./" ? "" : folder) + text
    guard access(candidate, F_OK) == 0 else { return nil }
    guard let real = Self.realPath(candidate), let home = Self.realPath(folder),
      real.hasPrefix(home.hasSuffix("/") ? home : home + "/")
    else { throw DescriptionError(LoadingProblem.extendsOutside(text), at: range) }
    return .file(path: candidate)
  }

  private static func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}

/// The descriptions that come with the library.
public enum BundledModels {
  /// Their names, in alphabetical order.
  public static let names = BundledTexts.all.keys.sorted()

  /// One model's description as it is written.
  public static func text(of name: String) -> String? { BundledTexts.all[name] }

  /// The families that a checkpoint's `model_type` can name: those that map its configuration.
  static let families = names.filter { BundledTexts.all[$0]?.contains("\nconfig:") == true }
}
