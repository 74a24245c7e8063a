import PeftBasics
public import PeftTensors

/// What a file says of a tensor before any of its values is read.
public struct TensorInfo: Hashable, Sendable, CustomStringConvertible {
  /// Sizes of the axes, outermost first.
  public let shape: [Int]
  public let type: NumberType

  public init(shape: [Int], type: NumberType) {
    self.shape = shape
    self.type = type
  }

  public var description: String { "\(type) \(shape.shapeText)" }
}
