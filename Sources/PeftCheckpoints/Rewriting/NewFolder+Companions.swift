import PeftBasics
package import PeftTensors

extension NewFolder {
  /// Adds what belongs to a model beside its weights, such as `config.json` and a tokenizer's files; what is in the new
  /// folder already stays.
  /// - Parameters:
  ///   - source: The folder where it lies.
  ///   - left: Names of files that stay behind.
  func addCompanions(from source: String, but left: Set<String> = []) throws {
    for name in try CompanionFiles.names(in: source)
    where !left.contains(name) && !names.contains(name) {
      try add(name, copyOf: "\(source)/\(name)")
    }
  }

  /// Adds a model: its weights, its configuration, and the other files of another model's folder.
  /// - Parameters:
  ///   - configuration: The new `config.json`; the other folder's where nil.
  ///   - source: That folder, if there is one.
  package func addModel(
    _ tensors: [String: Tensor], configuration: String?, from source: String?
  ) throws {
    try add(CompanionFiles.singleModel, tensors: tensors)
    if let configuration { try add("config.json", Array(configuration.utf8)) }
    if let source { try addCompanions(from: source) }
    leaveOut(where: CompanionFiles.isInTheWay)
  }
}
