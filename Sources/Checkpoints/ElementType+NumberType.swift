package import ModelGraph
package import Tensors

extension ElementType {
  /// How files store numbers of this kind.
  package var numberType: NumberType {
    switch self {
    case .float32: .float32
    case .float16: .float16
    case .bfloat16: .bfloat16
    case .index: .int64
    case .mask: .bool
    }
  }
}
