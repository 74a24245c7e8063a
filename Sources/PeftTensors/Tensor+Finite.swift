extension Tensor {
  /// How many entries are infinite or no number. Numbers of 32 bits are looked at where they are.
  public var nonFiniteCount: Int {
    guard type == .float32 else { return floats().count { !$0.isFinite } }
    return withUnsafeBytes { bytes in bytes.bindMemory(to: Float.self).count { !$0.isFinite } }
  }

  /// Whether no entry is infinite or no number.
  public var isFinite: Bool { nonFiniteCount == 0 }
}
