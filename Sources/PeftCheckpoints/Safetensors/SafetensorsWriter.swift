import PeftBasics
public import PeftTensors

/// Writes safetensors files: the same tensors and texts give the same bytes, those that the
/// reference implementation writes.
public enum SafetensorsWriter {
  /// Writes a whole file in one step, as `FileWriter` does. The tensors are written one after
  /// another, and may lie over the file that is replaced.
  /// - Parameters:
  ///   - tensors: By name, which may be anything but `__metadata__`.
  ///   - metadata: Texts about the file, by name. Readers of PyTorch's files look for `format`.
  /// - Throws: `FileWriteError`, or `SafetensorsError` where no reader would take the file.
  public static func write(
    _ tensors: [String: Tensor], metadata: [String: String] = ["format": "pt"], to path: String
  ) throws {
    try write(entries(of: tensors), metadata: metadata, to: path) { tensors[$0.name]! }
  }

  /// Writes a file of which one tensor at a time is in memory.
  /// - Parameters:
  ///   - entries: Name, shape and type of each tensor.
  ///   - tensor: Returns each when it is written, in the file's order: see `SafetensorsLayout`.
  /// - Throws: `FileWriteError`; `SafetensorsError` where no reader would take the file, or where a
  ///   tensor is not as its entry says; what `tensor` throws. What was at the path before is then
  ///   still there.
  public static func write(
    _ entries: [SafetensorsLayout.Entry], metadata: [String: String] = ["format": "pt"],
    to path: String, tensor: (SafetensorsLayout.Entry) throws -> Tensor
  ) throws {
    let layout = try layout(entries, metadata, path: path)
    try FileWriter.write(to: path) { sink in try write(layout, to: sink, tensor: tensor) }
  }

  static func entries(of tensors: [String: Tensor]) -> [SafetensorsLayout.Entry] {
    tensors.map { .init(name: $0.key, shape: $0.value.shape, type: $0.value.type) }
  }

  /// The layout of a file, where readers would take it.
  static func layout(
    _ entries: [SafetensorsLayout.Entry], _ metadata: [String: String], path: String
  ) throws -> SafetensorsLayout {
    var names = Set<String>()
    for entry in entries {
      guard entry.name != "__metadata__" else {
        throw SafetensorsError(reason: .reservedName, path: path)
      }
      guard names.insert(entry.name).inserted else {
        throw SafetensorsError(reason: .tensorTwice(entry.name), path: path)
      }
    }
    let layout = try SafetensorsLayout(entries, metadata: metadata)
    guard layout.headerBytes <= SafetensorsHeader.mostBytes else {
      throw SafetensorsError(
        reason: .headerTooLong(
          header: UInt64(layout.headerBytes), limit: SafetensorsHeader.mostBytes),
        path: path)
    }
    return layout
  }

  static func write(
    _ layout: SafetensorsLayout, to sink: FileSink,
    tensor: (SafetensorsLayout.Entry) throws -> Tensor
  ) throws {
    let length = UInt64(layout.headerBytes)
    try sink.append((0..<8).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) })
    try sink.append(layout.header)
    for entry in layout.entries {
      let tensor = try tensor(entry)
      let announced = TensorInfo(shape: entry.shape, type: entry.type)
      let given = TensorInfo(shape: tensor.shape, type: tensor.type)
      guard given == announced else {
        throw SafetensorsError(
          reason: .notAsAnnounced(tensor: entry.name, announced: announced, given: given),
          path: sink.place.path)
      }
      try tensor.withUnsafeBytes { try sink.append($0) }
    }
  }
}
