import PeftPlatform
package import PeftTensors

extension Tensor {
  /// Whether shape, type and bytes are the same.
  package func isIdentical(to other: Tensor) -> Bool {
    guard shape == other.shape, type == other.type else { return false }
    return withUnsafeBytes { bytes in
      other.withUnsafeBytes { others in
        guard let first = bytes.baseAddress, let second = others.baseAddress else { return true }
        return memcmp(first, second, bytes.count) == 0
      }
    }
  }

  /// Whether shape and values are the same, whatever type they are stored in.
  func hasNumbers(of other: Tensor) -> Bool {
    guard type != other.type else { return isIdentical(to: other) }
    return shape == other.shape && type.isFloatingPoint && other.type.isFloatingPoint
      && floats() == other.floats()
  }
}
