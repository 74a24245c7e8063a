import ModelGraph
import PeftPlatform

/// The sizes of a recurrent layer's step, and its parts of a row of a batch.
struct RecurrenceSizes {
  let batch: Int
  let length: Int
  let size: Int
  /// Entries of all gates.
  let width: Int

  init(_ recurrence: Recurrence, _ x: Layout) {
    batch = x.shape[0]
    length = x.shape[1]
    width = x.shape[2]
    size = width / recurrence.cell.gates
  }

  /// The operations of one pass over the weight.
  var operations: Double { 2 * Double(batch * length) * Double(width) * Double(size) }
}

/// A task takes a row of the batch, and its positions one after the other.
extension Recurrence: Kernel {
  func scratchBytes(operands: [Operand], results: [Operand]) -> Int {
    let sizes = RecurrenceSizes(self, operands[0].layout)
    return 4 * (sizes.width + 3 * sizes.size)
  }

  func products(in step: Step) -> [StepProduct] {
    let sizes = RecurrenceSizes(self, step.operands[0].layout)
    return [StepProduct(module: step.module, operations: sizes.operations)]
  }

  func run(_ call: KernelCall) {
    let sizes = RecurrenceSizes(self, call.operands[0].layout)
    call.workers.run(sizes.batch) { row, scratch in
      var walk = RecurrenceWalk(self, call, sizes, row: row)
      let gates = scratch.assumingMemoryBound(to: Float.self)
      let states = gates + sizes.width
      states.update(repeating: 0, count: 3 * sizes.size)
      while let place = walk.next() {
        let result = call.result.row(row * sizes.length + place)
        guard walk.isSeen(place) else {
          result.update(repeating: 0, count: sizes.size)
          continue
        }
        let state = RecurrenceState(
          state: states, inner: states + sizes.size, hidden: states + 2 * sizes.size)
        walk.step(place, gates: gates, state)
        result.update(from: states, count: sizes.size)
      }
    }
  }
}

/// What a recurrent layer keeps between positions, and what it needs at one.
struct RecurrenceState {
  let state: UnsafeMutablePointer<Float>
  /// The state behind an LSTM's state.
  let inner: UnsafeMutablePointer<Float>
  /// What the state gives to a GRU's third gate.
  let hidden: UnsafeMutablePointer<Float>
}

/// The positions of one row of a batch, in their order.
struct RecurrenceWalk {
  private let recurrence: Recurrence
  private let call: KernelCall
  private let sizes: RecurrenceSizes
  private let row: Int
  private var done = 0

  init(_ recurrence: Recurrence, _ call: KernelCall, _ sizes: RecurrenceSizes, row: Int) {
    (self.recurrence, self.call, self.sizes, self.row) = (recurrence, call, sizes, row)
  }

  mutating func next() -> Int? {
    guard done < sizes.length else { return nil }
    done += 1
    return recurrence.isReversed ? sizes.length - done : done - 1
  }

  func isSeen(_ place: Int) -> Bool {
    guard recurrence.hasMask else { return true }
    return call.operands[recurrence.hasBias ? 3 : 2].mask(row)[place] != 0
  }

  /// Computes the gates at a position, after their functions, and the state after it from the one before.
  func step(_ place: Int, gates: UnsafeMutablePointer<Float>, _ state: RecurrenceState) {
    let size = sizes.size
    if recurrence.hasBias {
      gates.update(from: call.operands[2].floats, count: sizes.width)
    } else {
      gates.update(repeating: 0, count: sizes.width)
    }
    multiply(
      MatrixFactor(start: state.state, stride: size),
      MatrixFactor(start: call.operands[1].floats, stride: size, isTransposed: true), rows: 1,
      columns: sizes.width, depth: size, adding: true, to: gates, stride: sizes.width)
    let x = call.operands[0].row(row * sizes.length + place)
    switch recurrence.cell {
    case .tanh:
      for entry in 0..<size {
        gates[entry] = tanh(gates[entry] + x[entry])
        state.state[entry] = gates[entry]
      }
    case .relu:
      for entry in 0..<size {
        gates[entry] = max(0, gates[entry] + x[entry])
        state.state[entry] = gates[entry]
      }
    case .gru:
      for entry in 0..<size {
        let (reset, update) = (
          sigmoid(gates[entry] + x[entry]), sigmoid(gates[size + entry] + x[size + entry])
        )
        let hidden = gates[2 * size + entry]
        let new = tanh(x[2 * size + entry] + reset * hidden)
        (gates[entry], gates[size + entry], gates[2 * size + entry]) = (reset, update, new)
        state.hidden[entry] = hidden
        state.state[entry] = (1 - update) * new + update * state.state[entry]
      }
    case .lstm:
      for entry in 0..<size {
        let input = sigmoid(gates[entry] + x[entry])
        let forget = sigmoid(gates[size + entry] + x[size + entry])
        let new = tanh(gates[2 * size + entry] + x[2 * size + entry])
        let output = sigmoid(gates[3 * size + entry] + x[3 * size + entry])
        gates[entry] = input
        gates[size + entry] = forget
        gates[2 * size + entry] = new
        gates[3 * size + entry] = output
        state.inner[entry] = forget * state.inner[entry] + input * new
        state.state[entry] = output * tanh(state.inner[entry])
      }
    }
  }

  private func sigmoid(_ x: Float) -> Float { 1 / (1 + exp(-x)) }
}
