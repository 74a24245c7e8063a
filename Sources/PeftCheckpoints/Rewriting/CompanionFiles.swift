import PeftBasics

/// The files beside a model's weights, told by their names.
enum CompanionFiles {
  /// What a model's only file of weights is called.
  static let singleModel = "model.safetensors"

  /// What an adapter's folder has, which a model's must not: readers would apply it.
  private static let adapterFiles = [
    "adapter_config.json", "adapter_model.safetensors", "adapter_model.bin",
  ]

  /// Endings of configurations, vocabularies, templates, notes and code.
  private static let endings = [
    ".json", ".txt", ".model", ".vocab", ".spm", ".tiktoken", ".jinja", ".md", ".py",
  ]

  /// The files in a folder that belong to a model beside its weights, in alphabetical order: what else
  /// lies there may be anything.
  /// - Throws: `FileReadError` where the folder cannot be listed.
  static func names(in folder: String) throws(FileReadError) -> [String] {
    let names: [String]
    do throws(OpenFolder.Refusal) {
      names = try OpenFolder(folder, followingLinks: true).names().map(\.text)
    } catch {
      throw FileReadError(code: error.code, path: folder)
    }
    return names.filter { name in
      let lowercased = name.lowercased()
      return !name.hasPrefix(".") && !adapterFiles.contains(name)
        && !lowercased.hasSuffix(".index.json")
        && (endings.contains { lowercased.hasSuffix($0) } || lowercased.hasPrefix("license"))
        && Paths.kind(of: "\(folder)/\(name)") == .file
    }.sorted()
  }

  /// Whether a file that is in a folder already would change what the new model there is.
  static func isInTheWay(_ name: String) -> Bool {
    isModelWeights(name) || adapterFiles.contains(name)
  }

  /// Whether a file holds weights of a model as it is saved by the libraries, or leads to them.
  static func isModelWeights(_ name: String) -> Bool {
    if name == singleModel || name == CheckpointIndex.fileName { return true }
    guard name.hasPrefix("model-"), name.hasSuffix(".safetensors") else { return false }
    let numbers = name.dropFirst("model-".count).dropLast(".safetensors".count)
    return numbers.contains("-of-") && numbers.allSatisfy { $0.isNumber || "-of".contains($0) }
  }
}
