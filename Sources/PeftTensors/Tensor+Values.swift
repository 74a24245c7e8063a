extension Tensor {
  /// - Precondition: There are as many values as the shape has entries.
  public init(_ values: [Float], shape: [Int]) {
    self.init(copying: values, shape: shape, type: .float32)
  }

  /// - Precondition: There are as many values as the shape has entries.
  public init(_ values: [Int], shape: [Int]) {
    self.init(copying: values.map(Int64.init), shape: shape, type: .int64)
  }

  private init<Number: BitwiseCopyable>(copying values: [Number], shape: [Int], type: NumberType) {
    precondition(
      values.count == shape.reduce(1, *), "\(values.count) values do not fill \(shape)")
    self.init(shape: shape, type: type) { bytes in
      values.withUnsafeBytes { bytes.copyMemory(from: $0) }
    }
  }

  /// All entries as 32-bit floats, rounded to the nearest where the type is wider.
  public func floats() -> [Float] {
    switch type {
    case .float64: read(Double.self, in: 0..<count) { Float($0) }
    case .float32: read(Float.self, in: 0..<count) { $0 }
    case .float16: read(UInt16.self, in: 0..<count) { Float(halfPrecision: $0) }
    case .bfloat16: read(UInt16.self, in: 0..<count) { Float(brainFloat: $0) }
    case .int64: read(Int64.self, in: 0..<count) { Float($0) }
    case .int32: read(Int32.self, in: 0..<count) { Float($0) }
    case .uint16: read(UInt16.self, in: 0..<count) { Float($0) }
    case .uint8, .bool: read(UInt8.self, in: 0..<count) { Float($0) }
    }
  }

  /// All entries as integers; nil where the type is floating-point.
  public func integers() -> [Int]? { integers(in: 0..<count) }

  /// Some entries, in row-major order, as integers; nil where the type is floating-point.
  /// - Precondition: There are entries at all of these places.
  public func integers(in places: Range<Int>) -> [Int]? {
    switch type {
    case .float64, .float32, .float16, .bfloat16: nil
    case .int64: read(Int64.self, in: places) { Int($0) }
    case .int32: read(Int32.self, in: places) { Int($0) }
    case .uint16: read(UInt16.self, in: places) { Int($0) }
    case .uint8, .bool: read(UInt8.self, in: places) { Int($0) }
    }
  }

  private func read<Number: BitwiseCopyable, Result>(
    _ number: Number.Type, in places: Range<Int>, _ convert: (Number) -> Result
  ) -> [Result] {
    withUnsafeBytes { bytes in
      places.map {
        convert(bytes.loadUnaligned(fromByteOffset: $0 * type.byteCount, as: number))
      }
    }
  }
}
