extension Tensor {
  /// The same values in another floating-point type, each rounded to the nearest, ties to even.
  /// What is too large becomes inf; a NaN stays NaN.
  /// - Precondition: Both types are floating-point.
  public func converted(to type: NumberType) -> Tensor {
    precondition(
      self.type.isFloatingPoint && type.isFloatingPoint, "\(self.type) is not turned into \(type)")
    guard type != self.type else { return self }
    return switch self.type {
    case .float64:
      switch type {
      case .float32: mapped(type) { (x: Double) in Float(x) }
      case .float16: mapped(type) { (x: Double) in Float(roundedToOdd: x).halfPrecisionBits }
      default: mapped(type) { (x: Double) in Float(roundedToOdd: x).brainFloatBits }
      }
    case .float32: narrowed(to: type) { (x: Float) in x }
    case .float16: narrowed(to: type) { (x: UInt16) in Float(halfPrecision: x) }
    default: narrowed(to: type) { (x: UInt16) in Float(brainFloat: x) }
    }
  }

  @inline(__always)
  private func narrowed<Number: BitwiseCopyable>(
    to type: NumberType, _ float: (Number) -> Float
  ) -> Tensor {
    switch type {
    case .float64: mapped(type) { (x: Number) in Double(float(x)) }
    case .float32: mapped(type) { (x: Number) in float(x) }
    case .float16: mapped(type) { (x: Number) in float(x).halfPrecisionBits }
    default: mapped(type) { (x: Number) in float(x).brainFloatBits }
    }
  }

  @inline(__always)
  private func mapped<Number: BitwiseCopyable, Result: BitwiseCopyable>(
    _ type: NumberType, _ convert: (Number) -> Result
  ) -> Tensor {
    Tensor(shape: shape, type: type) { results in
      withUnsafeBytes { numbers in
        guard let from = numbers.baseAddress, let to = results.baseAddress else { return }
        let numbers = from.assumingMemoryBound(to: Number.self)
        let results = to.assumingMemoryBound(to: Result.self)
        for index in 0..<count { results[index] = convert(numbers[index]) }
      }
    }
  }
}

extension Float {
  /// A float from which rounding to 16 bits gives what rounding the double itself would: where it is
  /// not exact, the one of its two neighbours whose last bit is 1, so that it is never a tie.
  fileprivate init(roundedToOdd number: Double) {
    self.init(number)
    guard Double(self) != number, !isNaN else { return }
    let isTooLarge = Double(magnitude) > number.magnitude
    self.init(bitPattern: (bitPattern - (isTooLarge ? 1 : 0)) | 1)
  }
}
