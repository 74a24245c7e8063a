import Tensors

/// Gradients of the micro-batches of a step, added up.
final class GradientSums {
  private let names: [String]
  /// The gradients of the first micro-batch, until another one comes.
  private var first: [Tensor] = []
  private var sums: [UnsafeMutableBufferPointer<Float>] = []
  private var count = 0

  init(names: [String]) { self.names = names }

  deinit { for sum in sums { sum.deallocate() } }

  func reset() {
    first = []
    count = 0
  }

  func add(_ outputs: [String: Tensor]) {
    let gradients = names.map { name in
      guard let tensor = outputs[name] else { preconditionFailure("\(name) was not computed") }
      return tensor
    }
    count += 1
    guard count > 1 else {
      first = gradients
      return
    }
    if count == 2 { moveFirst() }
    for (sum, gradient) in zip(sums, gradients) {
      gradient.withUnsafeBytes { bytes in
        let added = bytes.bindMemory(to: Float.self)
        for entry in sum.indices { sum[entry] += added[entry] }
      }
    }
  }

  /// Copies the first gradients, whose memory the next ones are written to.
  private func moveFirst() {
    if sums.isEmpty { sums = first.map { .allocate(capacity: $0.count) } }
    for (sum, gradient) in zip(sums, first) {
      gradient.withUnsafeBytes { UnsafeMutableRawBufferPointer(sum).copyMemory(from: $0) }
    }
    first = []
  }

  /// Calls `body` with the sums.
  func withGradients<Result>(
    _ body: ([UnsafeBufferPointer<Float>]) throws -> Result
  ) rethrows -> Result {
    guard !first.isEmpty else { return try body(sums.map { UnsafeBufferPointer($0) }) }
    return try withExtendedLifetime(first) {
      try body(first.map { tensor in tensor.withUnsafeBytes { $0.bindMemory(to: Float.self) } })
    }
  }
}
