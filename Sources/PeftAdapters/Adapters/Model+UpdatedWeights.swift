import ModelGraph
import PeftBasics
public import PeftCheckpoints
import PeftReports

extension Model {
  /// Writes the parameters that adapters change, as they are with the adapters merged: a safetensors
  /// file with the model's own names, one tensor at a time in memory.
  ///
  /// Each is stored in the base's type, computed as `merged(with:)` does.
  /// - Returns: The tensors in the file.
  /// - Throws: `MergeError` where a result is not finite; `FileWriteError`.
  @discardableResult
  public func writeUpdatedWeights(
    of adapters: [AdapterWeights], to path: String
  ) throws -> [SafetensorsLayout.Entry] {
    let merged = try MergedWeights(adapters, on: self)
    let entries = merged.names.map { name in
      SafetensorsLayout.Entry(name: name, shape: merged.shape(name), type: merged.type(name))
    }
    try SafetensorsWriter.write(entries, to: path) { try merged.tensor($0.name) }
    return entries
  }
}
