import PeftBasics
import PeftTensors

extension MappedFile {
  /// A tensor over some of the bytes; over a copy where they are not aligned to the
  /// element size, which the kernels need.
  /// - Precondition: The range lies in the file and is as long as shape and type say.
  func tensor(in range: Range<Int>, shape: [Int], type: NumberType) -> Tensor {
    let bytes = UnsafeRawBufferPointer(rebasing: bytes[range])
    guard UInt(bitPattern: bytes.baseAddress) % UInt(type.byteCount) == 0 else {
      return Tensor(shape: shape, type: type) { $0.copyMemory(from: bytes) }
    }
    return Tensor(over: bytes, shape: shape, type: type, owner: self)
  }
}
