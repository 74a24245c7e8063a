public import Tensors

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
    guard tensors["__metadata__"] == nil else {
      throw SafetensorsError(reason: .reservedName, path: path)
    }
    let layout = try SafetensorsLayout(
      tensors.map { .init(name: $0.key, shape: $0.value.shape, type: $0.value.type) },
      metadata: metadata)
    let length = UInt64(layout.headerBytes)
    guard length <= SafetensorsHeader.mostBytes else {
      throw SafetensorsError(
        reason: .headerTooLong(header: length, limit: SafetensorsHeader.mostBytes), path: path)
    }
    try FileWriter.write(to: path) { sink throws(FileWriter.Failure) in
      try sink.append((0..<8).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) })
      try sink.append(layout.header)
      for entry in layout.entries {
        try tensors[entry.name]!.withUnsafeBytes { bytes throws(FileWriter.Failure) in
          try sink.append(bytes)
        }
      }
    }
  }
}
