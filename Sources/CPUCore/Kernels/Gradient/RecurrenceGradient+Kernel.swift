import ModelGraph
import PeftPlatform

/// Every row's states are computed again and kept, then its positions are taken in reverse.
extension RecurrenceGradient: Kernel {
  /// At each position the gates, the states before it, and what a GRU's state gives to its third gate; then gradients of
  /// both states, and the states of the walk.
  func scratchBytes(operands: [Operand], results: [Operand]) -> Int {
    let sizes = RecurrenceSizes(recurrence, operands[0].layout)
    return 4 * (sizes.length * (sizes.width + 3 * sizes.size) + 5 * sizes.size)
  }

  func products(in step: Step) -> [StepProduct] {
    let sizes = RecurrenceSizes(recurrence, step.operands[0].layout)
    return [StepProduct(module: step.module, operations: 2 * sizes.operations)]
  }

  func run(_ call: KernelCall) {
    let sizes = RecurrenceSizes(recurrence, call.operands[0].layout)
    call.workers.run(sizes.batch) { row, scratch in
      RecurrencePass(self, call, sizes, row: row, scratch.assumingMemoryBound(to: Float.self)).run()
    }
  }
}

/// The backward pass of one row of a batch.
private struct RecurrencePass {
  private let recurrence: Recurrence
  private let call: KernelCall
  private let sizes: RecurrenceSizes
  private let row: Int
  /// `[length, width]`.
  private let gates: UnsafeMutablePointer<Float>
  /// Each `[length, size]`, before the position.
  private let innerStates: UnsafeMutablePointer<Float>
  private let hiddenParts: UnsafeMutablePointer<Float>
  /// After the position.
  private let laterInnerStates: UnsafeMutablePointer<Float>
  private let stateGradient: UnsafeMutablePointer<Float>
  private let innerGradient: UnsafeMutablePointer<Float>
  private let walked: UnsafeMutablePointer<Float>

  init(
    _ gradient: RecurrenceGradient, _ call: KernelCall, _ sizes: RecurrenceSizes, row: Int,
    _ scratch: UnsafeMutablePointer<Float>
  ) {
    recurrence = gradient.recurrence
    (self.call, self.sizes, self.row) = (call, sizes, row)
    gates = scratch
    let all = sizes.length * sizes.size
    innerStates = gates + sizes.length * sizes.width
    hiddenParts = innerStates + all
    laterInnerStates = hiddenParts + all
    stateGradient = laterInnerStates + all
    innerGradient = stateGradient + sizes.size
    walked = innerGradient + sizes.size
  }

  func run() {
    let places = forward()
    stateGradient.update(repeating: 0, count: 2 * sizes.size)
    for place in places.reversed() { backward(place) }
  }

  /// Computes the states again; the results hold those before each position.
  /// - Returns: The positions that are not masked, in their order.
  private func forward() -> [Int] {
    let size = sizes.size
    walked.update(repeating: 0, count: 3 * size)
    var walk = RecurrenceWalk(recurrence, call, sizes, row: row)
    var places: [Int] = []
    while let place = walk.next() {
      let line = row * sizes.length + place
      call.results[2].row(line).update(from: walked, count: size)
      guard walk.isSeen(place) else {
        call.results[0].row(line).update(repeating: 0, count: sizes.width)
        call.results[1].row(line).update(repeating: 0, count: sizes.width)
        continue
      }
      places.append(place)
      (innerStates + place * size).update(from: walked + size, count: size)
      let state = RecurrenceState(
        state: walked, inner: walked + size, hidden: hiddenParts + place * size)
      walk.step(place, gates: gates + place * sizes.width, state)
      (laterInnerStates + place * size).update(from: walked + size, count: size)
    }
    return places
  }

  /// The gradients at a position; those of the states become those before it.
  private func backward(_ place: Int) {
    let (size, line) = (sizes.size, row * sizes.length + place)
    let upstream = call.operands[call.operands.count - 1].row(line)
    let (input, hidden) = (call.results[0].row(line), call.results[1].row(line))
    let gate = gates + place * sizes.width
    for entry in 0..<size { stateGradient[entry] += upstream[entry] }
    switch recurrence.cell {
    case .tanh:
      for entry in 0..<size {
        input[entry] = stateGradient[entry] * (1 - gate[entry] * gate[entry])
        stateGradient[entry] = 0
      }
    case .relu:
      for entry in 0..<size {
        input[entry] = gate[entry] > 0 ? stateGradient[entry] : 0
        stateGradient[entry] = 0
      }
    case .gru: gru(gate, place, input)
    case .lstm: lstm(gate, place, input)
    }
    hidden.update(from: input, count: sizes.width)
    if recurrence.cell == .gru {
      for entry in 0..<size { hidden[2 * size + entry] *= gate[entry] }
    }
    multiply(
      MatrixFactor(start: hidden, stride: sizes.width),
      MatrixFactor(start: call.operands[1].floats, stride: size), rows: 1, columns: size,
      depth: sizes.width, adding: true, to: stateGradient, stride: size)
  }

  private func gru(
    _ gate: UnsafeMutablePointer<Float>, _ place: Int, _ input: UnsafeMutablePointer<Float>
  ) {
    let size = sizes.size
    let before = call.results[2].row(row * sizes.length + place)
    for entry in 0..<size {
      let (reset, update, new) = (gate[entry], gate[size + entry], gate[2 * size + entry])
      let gradient = stateGradient[entry]
      let inner = gradient * (1 - update) * (1 - new * new)
      input[2 * size + entry] = inner
      input[size + entry] = gradient * (before[entry] - new) * update * (1 - update)
      input[entry] = inner * hiddenParts[place * size + entry] * reset * (1 - reset)
      stateGradient[entry] = gradient * update
    }
  }

  private func lstm(
    _ gate: UnsafeMutablePointer<Float>, _ place: Int, _ input: UnsafeMutablePointer<Float>
  ) {
    let size = sizes.size
    for entry in 0..<size {
      let (opened, forget) = (gate[entry], gate[size + entry])
      let (new, output) = (gate[2 * size + entry], gate[3 * size + entry])
      let bounded = tanh(laterInnerStates[place * size + entry])
      let gradient = stateGradient[entry]
      let inner = innerGradient[entry] + gradient * output * (1 - bounded * bounded)
      input[entry] = inner * new * opened * (1 - opened)
      input[size + entry] =
        inner * innerStates[place * size + entry] * forget * (1 - forget)
      input[2 * size + entry] = inner * opened * (1 - new * new)
      input[3 * size + entry] = gradient * bounded * output * (1 - output)
      innerGradient[entry] = inner * forget
      stateGradient[entry] = 0
    }
  }
}
