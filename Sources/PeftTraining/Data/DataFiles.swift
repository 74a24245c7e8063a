import PeftBasics
import PeftPlatform

/// The files of some data: by their paths, by patterns of paths (`parts/*.jsonl`), or by the folders that they are
/// in.
///
///     DataSettings(train: ["first.jsonl", "more/*.csv"])
public struct DataFiles: Hashable, Sendable {
  public var paths: [String]

  public init(_ paths: [String]) { self.paths = paths }
}

extension DataFiles: ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
  public init(stringLiteral path: String) { self.init([path]) }
  public init(arrayLiteral paths: String...) { self.init(paths) }
}

extension DataFiles {
  /// The files, in the order of the paths; those of a pattern or a folder in the order of their names. Each counts
  /// once.
  /// - Parameter formats: Those of which a folder's files are rows of texts; its other files are no data.
  /// - Throws: `FileReadError` where there is no such file; `DataError` where a pattern or a folder has none.
  func found(in formats: DataFormats) throws -> [String] {
    var found: [String] = []
    var known: Set<String> = []
    for path in paths {
      for file in try Self.files(at: path, formats) where known.insert(file).inserted {
        found.append(file)
      }
    }
    return found
  }

  private static func files(at path: String, _ formats: DataFormats) throws -> [String] {
    if formats.isDataset(path) { return [path] }
    switch Paths.kind(of: path) {
    case .folder:
      let files = names(in: path).map { path.file($0) }
        .filter { formats.format(of: $0)?.content == .texts && Paths.kind(of: $0) == .file }
      guard !files.isEmpty else {
        throw DataError(.nothingInFolder(endings: formats.endings(of: [.texts])), path: path)
      }
      return files
    case .file, .other: return [path]
    case nil:
      guard path.contains(where: { "*?[".contains($0) }) else {
        // Reports what is wrong with the path.
        _ = try MappedFile(path: path)
        return [path]
      }
      let files = matches(of: path).filter { Paths.kind(of: $0) == .file }
      guard !files.isEmpty else { throw DataError(.nothingMatches, path: path) }
      return files
    }
  }

  /// The names in a folder, without hidden ones.
  private static func names(in folder: String) -> [String] {
    let folder = try? OpenFolder(folder, followingLinks: true)
    let names = (try? folder?.names().map(\.text)) ?? []
    return names.filter { !$0.hasPrefix(".") }.sorted()
  }

  /// The paths that a pattern of the shell describes.
  private static func matches(of pattern: String) -> [String] {
    guard !pattern.utf8.contains(0) else { return [] }
    var result = glob_t()
    defer { globfree(&result) }
    guard glob(pattern, 0, nil, &result) == 0 else { return [] }
    return (0..<Int(result.gl_pathc)).compactMap { index in
      result.gl_pathv[index].map { String(cString: $0) }
    }.sorted()
  }
}
