package import PeftTensors

extension Tensor {
  /// Bytes of one entry of the first dimension.
  var rowBytes: Int { shape[0] == 0 ? 0 : byteCount / shape[0] }

  /// Some of the rows, in that order.
  package func rows(_ rows: [Int]) -> Tensor {
    Tensor(shape: [rows.count] + shape.dropFirst(), type: type) { bytes in
      withUnsafeBytes { source in
        for (place, row) in rows.enumerated() {
          UnsafeMutableRawBufferPointer(rebasing: bytes[place * rowBytes..<(place + 1) * rowBytes])
            .copyMemory(
              from: UnsafeRawBufferPointer(
                rebasing: source[row * rowBytes..<(row + 1) * rowBytes]))
        }
      }
    }
  }
}
