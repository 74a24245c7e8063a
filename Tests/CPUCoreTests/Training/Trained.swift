import CPUCore

/// Numbers that an optimizer moves.
struct Trained {
  let optimizer: Optimizer
  var values: [[Float]]

  init(_ optimizer: Optimizer, _ values: [[Float]]) {
    self.optimizer = optimizer
    self.values = values
  }

  mutating func step(_ gradients: [[Float]], learningRate: Double? = nil, scale: Float = 1) {
    let buffers = values.map { values -> UnsafeMutableBufferPointer<Float> in
      let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: values.count)
      _ = buffer.initialize(from: values)
      return buffer
    }
    defer { for buffer in buffers { buffer.deallocate() } }
    gradients.withBuffers {
      optimizer.step(
        learningRate: learningRate ?? optimizer.settings.learningRate, buffers, gradients: $0,
        gradientScale: scale)
    }
    values = buffers.map(Array.init)
  }
}

extension [[Float]] {
  func withBuffers<Result>(_ body: ([UnsafeBufferPointer<Float>]) -> Result) -> Result {
    let buffers = map { values -> UnsafeMutableBufferPointer<Float> in
      let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: values.count)
      _ = buffer.initialize(from: values)
      return buffer
    }
    defer { for buffer in buffers { buffer.deallocate() } }
    return body(buffers.map { UnsafeBufferPointer($0) })
  }
}
