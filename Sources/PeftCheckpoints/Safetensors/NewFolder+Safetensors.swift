import PeftBasics
public import PeftTensors

extension NewFolder {
  /// Adds a safetensors file, as `SafetensorsWriter` writes it.
  public func add(
    _ name: String, tensors: [String: Tensor], metadata: [String: String] = ["format": "pt"]
  ) throws {
    try add(name, entries: SafetensorsWriter.entries(of: tensors), metadata: metadata) {
      tensors[$0.name]!
    }
  }

  /// Adds a safetensors file, of which one tensor at a time is in memory.
  /// - Parameters:
  ///   - entries: Name, shape and type of each tensor.
  ///   - tensor: Returns each when it is written.
  public func add(
    _ name: String, entries: [SafetensorsLayout.Entry],
    metadata: [String: String] = ["format": "pt"],
    tensor: (SafetensorsLayout.Entry) throws -> Tensor
  ) throws {
    let layout = try SafetensorsWriter.layout(entries, metadata, path: "\(place.path)/\(name)")
    try add(name) { sink in try SafetensorsWriter.write(layout, to: sink, tensor: tensor) }
  }
}
