public import ModelGraph
public import PeftTensors

extension NumberType {
  /// The type in which tensors hold what a graph calls `element`.
  public init(_ element: ElementType) {
    self =
      switch element {
      case .float32, .ternary: .float32
      case .float16: .float16
      case .bfloat16: .bfloat16
      case .index: .int64
      case .mask: .bool
      }
  }
}

extension ElementType {
  /// How a parameter is stored that has these values; nil for types that have to be converted first.
  package init?(storing tensor: Tensor) {
    if tensor.ternary != nil { self = .ternary } else { self.init(stored: tensor.type) }
  }

  /// The type of parameters that are stored so; nil for types that have to be converted first.
  public init?(stored type: NumberType) {
    switch type {
    case .float32: self = .float32
    case .float16: self = .float16
    case .bfloat16: self = .bfloat16
    case .float64, .int64, .int32, .uint16, .uint8, .bool: return nil
    }
  }
}
