import PeftAdapters
import PeftReports
import PeftTensors

/// Gradients of the micro-batches of a step, added up.
final class GradientAccumulator {
  private let names: [String]
  /// The gradients of the only micro-batch, where the program left them.
  private var only: [Tensor] = []
  private var sums: [UnsafeMutableBufferPointer<Float>] = []
  private var batchCount = 0
  private var isEmpty = true

  init(names: [String]) { self.names = names }

  deinit { for sum in sums { sum.deallocate() } }

  /// Begins a step of so many micro-batches.
  func begin(batches: Int) {
    only = []
    batchCount = batches
    isEmpty = true
  }

  /// Adds a micro-batch. Of several none is held, so that the program can write where it wrote before.
  func add(_ outputs: [String: Tensor]) {
    let gradients = names.map { name in
      guard let tensor = outputs[name] else { preconditionFailure("\(name) was not computed") }
      return tensor
    }
    guard batchCount > 1 else {
      only = gradients
      return
    }
    if sums.isEmpty { sums = gradients.map { .allocate(capacity: $0.count) } }
    for (sum, gradient) in zip(sums, gradients) {
      gradient.withUnsafeBytes { bytes in
        guard !isEmpty else { return UnsafeMutableRawBufferPointer(sum).copyMemory(from: bytes) }
        let added = bytes.bindMemory(to: Float.self)
        for entry in sum.indices { sum[entry] += added[entry] }
      }
    }
    isEmpty = false
  }

  /// Calls `body` with the sums.
  func withGradients<Result>(
    _ body: ([UnsafeBufferPointer<Float>]) throws -> Result
  ) rethrows -> Result {
    guard !only.isEmpty else { return try body(sums.map { UnsafeBufferPointer($0) }) }
    return try withExtendedLifetime(only) {
      try body(only.map { tensor in tensor.withUnsafeBytes { $0.bindMemory(to: Float.self) } })
    }
  }
}
