public import PeftTensors

extension PeftModel {
  /// The name that stands for no adapter at all, as in PEFT.
  public static let baseName = "__base__"

  /// Computes the outputs of a batch whose rows have adapters of their own: PEFT's `adapter_names`.
  ///
  /// Rows of one adapter run together. Any tuner's adapters can be mixed.
  /// - Parameters:
  ///   - inputs: Tensors whose first axis is the batch.
  ///   - adapterNames: An adapter for each row; `__base__` for none.
  /// - Throws: `PeftModelError` where a name is unknown, names and rows differ in number, an output
  ///   has no row for each of the inputs', or an adapter is merged; else as `Model`.
  public func callAsFunction(
    _ inputs: [String: Tensor], adapterNames: [String], outputs: [String]? = nil
  ) throws -> [String: Tensor] {
    guard mergedAdapters.isEmpty else { throw PeftModelError.mergedRows }
    for tensor in inputs.values where tensor.shape.first != adapterNames.count {
      throw PeftModelError.rowCount(names: adapterNames.count, rows: tensor.shape.first ?? 0)
    }
    for name in adapterNames where name != Self.baseName { _ = try weights(name) }
    var rows: [String: [Int]] = [:]
    for (row, name) in adapterNames.enumerated() { rows[name, default: []].append(row) }
    var parts: [(rows: [Int], outputs: [String: Tensor])] = []
    for (name, rows) in rows.sorted(by: { $0.value[0] < $1.value[0] }) {
      let names = isEnabled && name != Self.baseName ? [name] : []
      let part = try model(with: names, on: base)(
        inputs.mapValues { $0.rows(rows) }, outputs: outputs)
      for (output, tensor) in part where tensor.shape.first != rows.count {
        throw PeftModelError.rowsMixed(output: output)
      }
      parts.append((rows, part))
    }
    guard let first = parts.first else { throw PeftModelError.rowCount(names: 0, rows: 0) }
    return Dictionary(
      uniqueKeysWithValues: first.outputs.keys.map { output in
        let rows = parts.compactMap { part in part.outputs[output].map { (part.rows, $0) } }
        return (output, Tensor(joining: rows, count: adapterNames.count))
      })
  }
}

extension Tensor {
  /// Rows put back into the places that they were taken from.
  fileprivate init(joining parts: [(rows: [Int], tensor: Tensor)], count: Int) {
    let sample = parts[0].tensor
    let rowBytes = sample.rowBytes
    self.init(shape: [count] + sample.shape.dropFirst(), type: sample.type) { bytes in
      for (rows, tensor) in parts {
        tensor.withUnsafeBytes { source in
          for (place, row) in rows.enumerated() {
            UnsafeMutableRawBufferPointer(rebasing: bytes[row * rowBytes..<(row + 1) * rowBytes])
              .copyMemory(
                from: UnsafeRawBufferPointer(
                  rebasing: source[place * rowBytes..<(place + 1) * rowBytes]))
          }
        }
      }
    }
  }
}
