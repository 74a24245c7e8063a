import ModelGraph

/// An adapter's folder whose tensors do not fit its configuration or the model.
public struct AdapterFolderError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Reason: Hashable, Sendable {
    case tensors(
      missing: [String], unexpected: [String], misshapen: [String], differing: [String])
    case sharedSavedModule(String, with: String)
    case noTensors(isPickled: Bool)
  }

  public let reason: Reason
  public let path: String

  init(_ reason: Reason, path: String) {
    self.reason = reason
    self.path = path
  }

  private static let mostShown = 20

  public var description: String {
    switch reason {
    case .tensors(let missing, let unexpected, let misshapen, let differing):
      let lists = [
        ("missing", missing), ("not expected", unexpected), ("misshapen", misshapen),
        ("copies that differ", differing),
      ].filter { !$0.1.isEmpty }
      let count = lists.reduce(0) { $0 + $1.1.count }
      return "\(path): error: \(count.grouped) tensor\(count == 1 ? " does" : "s do") not fit\n"
        + lists.flatMap(Self.lines).map { "  \($0)\n" }.joined()
        + "  fix: give the adapter's own base model, or the configuration it was saved with"
    case .noTensors(let isPickled):
      return "\(path): error: there is no adapter_model.safetensors\n  fix: "
        + (isPickled
          ? "load it with PEFT and save it again: adapter_model.bin is Python's pickle"
          : "give the folder in which PEFT saved the adapter")
    case .sharedSavedModule(let module, let other):
      return "\(path): error: \(module) is saved in full, but shares its weight with \(other)\n"
        + "  fix: untie the model's weights first; this release cannot"
    }
  }

  private static func lines(_ heading: String, _ names: [String]) -> [String] {
    let rest = names.count - mostShown
    return ["\(heading):"] + names.prefix(mostShown).map { "  \($0.shown)" }
      + (rest > 0 ? ["  … and \(rest.grouped) more"] : [])
  }
}
