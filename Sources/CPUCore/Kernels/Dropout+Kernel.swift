import CKernels
import ModelGraph

/// The random numbers of a dropout: a stream for each place in a program and each seed. A row's mask
/// depends on nothing else, so that it is the same for any number of threads, and however many positions
/// of padding follow.
struct DropoutStream: Hashable, Sendable {
  /// The index among a program's dropouts.
  let number: Int
  let rate: Double

  /// Drops entries of a part of a row.
  /// - Parameter first: The place in the row at which the part begins.
  func drop(
    _ n: Int, seed: UInt64, row: Int, first: Int = 0, _ x: UnsafePointer<Float>,
    into y: UnsafeMutablePointer<Float>
  ) {
    let stream = SplitMix64.word(UInt64(number), ofSeed: seed)
    let key = SplitMix64.word(UInt64(row), ofSeed: stream)
    let threshold = UInt32(min(rate * 0x1p32, 0x1p32 - 1))
    ck_drop(
      n, key, UInt32(truncatingIfNeeded: first), threshold, Float(1 / (1 - rate)), x, y)
  }
}

/// A dropping operator that can run in training. One that cannot is an error, not left out.
protocol DropoutOperator: DroppingOperator {
  /// The kernel for training.
  func dropping(_ stream: DropoutStream) -> any Kernel
}

extension Dropout: DropoutOperator {
  func dropping(_ stream: DropoutStream) -> any Kernel { ActiveDropout(stream: stream) }
}

/// Dropout in training.
struct ActiveDropout: Kernel {
  let stream: DropoutStream
  var readsParts: Bool { true }
  var overwritten: Int? { 0 }

  func run(_ call: KernelCall) {
    let n = call.result.columns
    let shape = call.result.layout.shape
    let length = shape.count > 2 ? max(1, shape[shape.count - 2]) : 1
    let fullLength = shape.count > 2 ? max(length, call.fullLength) : 1
    call.mapRows { row, x, y in
      let place = row / length * fullLength + row % length
      stream.drop(n, seed: call.seed, row: place, x, into: y)
    }
  }
}

extension Attention: DropoutOperator, DroppableKernel {
  func dropping(_ stream: DropoutStream) -> any Kernel { Dropping(base: self, stream: stream) }
}

/// A kernel with a dropout inside.
protocol DroppableKernel: Kernel {
  func run(_ call: KernelCall, dropping stream: DropoutStream?)
}

/// Such a kernel in training.
struct Dropping<Base: DroppableKernel>: Kernel {
  let base: Base
  let stream: DropoutStream
  var readsParts: Bool { base.readsParts }
  var halfOperands: [Int] { base.halfOperands }

  func scratchBytes(operands: [Operand], results: [Operand]) -> Int {
    base.scratchBytes(operands: operands, results: results)
  }

  func products(in step: Step) -> [StepProduct] { base.products(in: step) }
  func movedBytes(in step: Step) -> Double { base.movedBytes(in: step) }

  func run(_ call: KernelCall) { base.run(call, dropping: stream) }
}
