public import ModelDescription
import PeftBasics

extension ModelDescription {
  /// The name of a model's configuration in its folder, and in that of an adapter with a head of its own.
  package static let configurationName = "config.json"

  /// This model as adapters were trained on it: with the configuration that the first of them has in its folder, which
  /// names the classes of a new head.
  /// - Parameter adapters: Their folders.
  /// - Throws: What is wrong with the configuration.
  public func adapted(by adapters: [String]) throws -> ModelDescription {
    guard let folder = checkpointFolder else { return self }
    let path = adapters.lazy.map { $0.file(Self.configurationName) }.first { path in
      FileWriter.isThere(path)
        && !FolderWriter.isOne(path, folder.file(Self.configurationName))
    }
    guard let path else { return self }
    let file = try MappedFile(path: path)
    defer { withExtendedLifetime(file) {} }
    return try configured(by: String(decoding: file.bytes, as: UTF8.self), path: path)
  }
}
