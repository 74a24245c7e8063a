import PeftBasics

extension Model {
  /// The names of the parameters whose tensors lie in memory, not in a mapped file.
  package var parametersInMemory: Set<String> {
    let inMemory = parameters.filter { _, tensor in
      tensor.withUnsafeBytes { MappedFile.path(at: $0.baseAddress) == nil }
    }
    return Set(inMemory.keys.map { graph[$0].name })
  }
}
