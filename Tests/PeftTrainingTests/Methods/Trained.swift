import Peft
import Testing

/// Numbers that an optimizer moves.
struct Trained {
  let optimizer: Optimizer
  var values: [[Float]]

  init(_ optimizer: Optimizer, _ values: [[Float]]) {
    self.optimizer = optimizer
    self.values = values
  }

  mutating func step(
    _ gradients: [[Float]], learningRate: Double, scale: Float = 1, on run: TaskRunner = runInTurn
  ) {
    let buffers = values.map { values -> UnsafeMutableBufferPointer<Float> in
      let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: values.count)
      _ = buffer.initialize(from: values)
      return buffer
    }
    defer { for buffer in buffers { buffer.deallocate() } }
    gradients.withBuffers {
      optimizer.step(
        learningRate: learningRate, buffers, gradients: $0, gradientScale: scale, on: run)
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

/// Expects every entry within a bound of what was recorded, and reports the first that is not.
func expect(
  _ found: [Float], _ recorded: [Float], _ what: String,
  sourceLocation: SourceLocation = #_sourceLocation, bound: (_ recorded: Float) -> Float
) {
  #expect(found.count == recorded.count, sourceLocation: sourceLocation)
  let wrong = zip(found, recorded).enumerated().first { _, pair in
    !(abs(pair.0 - pair.1) <= bound(pair.1))
  }
  guard let (index, (entry, right)) = wrong else { return }
  Issue.record(
    "\(what): entry \(index) of \(found.count) is \(entry), not \(right) ± \(bound(right))",
    sourceLocation: sourceLocation)
}
