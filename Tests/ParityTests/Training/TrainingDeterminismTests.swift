import Peft
import PeftTestSupport
import Testing

@Suite("Training gives the same bits") struct TrainingDeterminismTests {
  static let names = [
    "gpt2-lora", "gpt2-randlora", "t5-lora", "t5-randlora", "clip-lora", "clip-randlora",
  ]

  @Test(
    "However many threads there are", arguments: names,
    [(0, .f32), (0.25, .f32), (0.25, Precision.bf16)])
  func threads(name: String, mode: (dropout: Double, precision: Precision)) throws {
    let row = try RecordedTraining.named(name)
    let runs = try [1, 2, 4].map { threads in
      try Run(
        row.training(threads: threads, dropout: mode.dropout, precision: mode.precision), of: row,
        seed: 1)
    }
    #expect(runs[1] == runs[0])
    #expect(runs[2] == runs[0])
  }

  @Test("Only the seed chooses what is dropped", arguments: names)
  func seeds(name: String) throws {
    let row = try RecordedTraining.named(name)
    func run(seed: UInt64) throws -> Run {
      try Run(row.training(dropout: 0.25), of: row, seed: seed)
    }
    let first = try run(seed: 7)
    #expect(try run(seed: 7) == first)
    #expect(try run(seed: 8).losses[0] != first.losses[0])
    #expect(try Run(row.training(), of: row, seed: 7).losses[0] != first.losses[0])
  }

  @Test("Gradients drop what the loss dropped", arguments: names)
  func slopes(name: String) throws {
    let row = try RecordedTraining.named(name)
    let training = try row.training(dropout: 0.25)
    let batch = try #require(try row.pool().first)
    let start = training.trainedTensors
    let state = training.optimizer.state
    func loss(seed: UInt64) throws -> Double {
      try training.step([batch], learningRate: 0, seed: seed).loss
    }
    func gradients(seed: UInt64) throws -> [String: [Double]] {
      try training.gradients(of: batch, seed: seed).mapValues { $0.floats().map(Double.init) }
    }
    let other = try gradients(seed: 4)
    var (own, foreign): ([Double], [Double]) = ([], [])
    // Along the gradient of each tensor by itself, so little that the loss, in single precision, goes
    // straight.
    for (name, gradient) in try gradients(seed: 3) {
      let length = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let direction = gradient.map { $0 / length }
      let distance = min(1e-2, 3e-3 / length)
      let sides = try [distance, -distance].map { distance in
        var moved = start
        let tensor = try #require(start[name])
        moved[name] = Tensor(
          zip(tensor.floats(), direction).map { $0 + Float(distance * $1) }, shape: tensor.shape)
        try training.restore(moved, optimizerState: state, stepCount: 0)
        return try loss(seed: 3)
      }
      let slope = (sides[0] - sides[1]) / (2 * distance)
      own.append(abs(slope / length - 1))
      let others = zip(try #require(other[name]), direction).reduce(0) { $0 + $1.0 * $1.1 }
      foreign.append(abs(slope / others - 1))
    }
    // T5's relu has kinks.
    #expect(!own.isEmpty && largest(own) < 0.1)
    #expect(own.sorted()[own.count / 2] < 2e-3)
    #expect(foreign.sorted()[foreign.count / 2] > 0.2)
  }
}

/// Five steps: what they said, and what came of the adapter.
private struct Run: Equatable {
  var losses: [Double] = []
  var norms: [Double] = []
  let tensors: [String: [UInt32]]

  init(_ training: AdapterTraining, of row: RecordedTraining, seed: UInt64) throws {
    let pool = try row.pool()
    for step in 0..<5 {
      let result = try training.step(
        row.batches(ofStep: step, in: pool), learningRate: 1e-3, seed: seed + UInt64(10 * step))
      losses.append(result.loss)
      norms.append(result.gradientNorm)
    }
    tensors = training.trainedTensors.mapValues { $0.floats().map(\.bitPattern) }
  }
}
