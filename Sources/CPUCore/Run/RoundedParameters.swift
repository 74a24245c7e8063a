import ModelGraph
import PeftBasics
import PeftTensors

/// Parameters that no step changes, rounded to bfloat16: once, for all executors of a model. The pages of a
/// mapped file that were read for it are given back.
public final class RoundedParameters {
  private var tensors: [Parameter.ID: Tensor] = [:]

  public init() {}

  /// The bytes of all of them.
  public var byteCount: Int { tensors.values.reduce(0) { $0 + $1.byteCount } }

  /// A parameter's tensor in bfloat16: itself where it is stored so.
  /// - Throws: `RunError` where there is too little memory.
  func tensor(_ id: Parameter.ID, of tensor: Tensor, on pool: WorkerPool) throws(RunError) -> Tensor
  {
    if let known = tensors[id] { return known }
    let rounded = try tensor.rounded(on: pool)
    tensors[id] = rounded
    return rounded
  }
}

extension Tensor {
  private static let blockEntries = 1 << 16

  fileprivate func rounded(on pool: WorkerPool) throws(RunError) -> Tensor {
    guard let element = ElementType(stored: type), element != .bfloat16 else { return self }
    let block = try MemoryBlock(byteCount: count * 2)
    let target = block.address.assumingMemoryBound(to: UInt16.self)
    withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return }
      let source = NumberView(
        address: UnsafeMutableRawPointer(mutating: start), layout: Layout([count]),
        element: element)
      pool.perform {
        pool.run(count.dividedRoundingUp(by: Self.blockEntries)) { task, _ in
          let first = task * Self.blockEntries
          source.round(
            row: 0, first..<min(count, first + Self.blockEntries), into: target + first)
        }
      }
      MappedFile.giveBack(bytes)
    }
    let bytes = UnsafeRawBufferPointer(start: block.address, count: count * 2)
    return Tensor(over: bytes, shape: shape, type: .bfloat16, owner: block)
  }
}
