import Foundation
import ModelGraph

extension Recurrence: ReferenceOperator {
  static var samples: [OperatorSample] {
    let cells: [Cell] = [.lstm, .gru, .tanh, .relu]
    return cells.flatMap { cell in
      [
        sample(cell), sample(cell, isReversed: true, hasBias: false),
        sample(cell, hasMask: true), sample(cell, isReversed: true, hasMask: true),
      ]
    }
  }

  private static func sample(
    _ cell: Cell, isReversed: Bool = false, hasBias: Bool = true, hasMask: Bool = false
  ) -> OperatorSample {
    let (size, width) = (3, 3 * cell.gates)
    return OperatorSample(
      Recurrence(cell, isReversed: isReversed, hasBias: hasBias, hasMask: hasMask),
      [.reals(2, 5, width), .reals(width, size)] + (hasBias ? [.reals(width)] : [])
        + (hasMask ? [.mask(2, 5)] : []))
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    let (x, weight) = (operands[0], operands[1])
    let (length, size) = (x.shape[1], weight.width)
    var result = Reals.zeros(shapes[0])
    for row in 0..<x.shape[0] {
      var (state, inner) = (
        [Double](repeating: 0, count: size), [Double](repeating: 0, count: size)
      )
      for place in isReversed ? Array((0..<length).reversed()) : Array(0..<length) {
        if hasMask, operands[operands.count - 1][row, place] == 0 { continue }
        func given(_ gate: Int, _ entry: Int) -> Double { x[row, place, gate * size + entry] }
        func fed(_ gate: Int, _ entry: Int) -> Double {
          (0..<size).reduce(hasBias ? operands[2][gate * size + entry] : 0) {
            $0 + weight[gate * size + entry, $1] * state[$1]
          }
        }
        func sum(_ gate: Int, _ entry: Int) -> Double { given(gate, entry) + fed(gate, entry) }
        func opened(_ gate: Int, _ entry: Int) -> Double { 1 / (1 + exp(-sum(gate, entry))) }
        var next = state
        for entry in 0..<size {
          switch cell {
          case .tanh: next[entry] = tanh(sum(0, entry))
          case .relu: next[entry] = max(0, sum(0, entry))
          case .gru:
            let new = tanh(given(2, entry) + opened(0, entry) * fed(2, entry))
            next[entry] = (1 - opened(1, entry)) * new + opened(1, entry) * state[entry]
          case .lstm:
            inner[entry] =
              opened(1, entry) * inner[entry] + opened(0, entry) * tanh(sum(2, entry))
            next[entry] = opened(3, entry) * tanh(inner[entry])
          }
        }
        state = next
        for entry in 0..<size { result[[row, place, entry]] = state[entry] }
      }
    }
    return [result]
  }
}

extension RecurrenceGradient: ReferenceOperator {
  static var samples: [OperatorSample] {
    Recurrence.samples.compactMap { sample in
      (sample.operation as? Recurrence).map {
        OperatorSample(RecurrenceGradient($0), sample.operands + [.reals(2, 5, 3)])
      }
    }
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    let (read, gradient) = (Array(operands.dropLast()), operands[operands.count - 1])
    let (x, weight) = (read[0], read[1])
    let states = recurrence.evaluate(read, as: [shapes[2]])[0]
    let mask = recurrence.hasMask ? read[read.count - 1] : nil
    var before = Reals.zeros(shapes[2])
    for row in 0..<x.shape[0] {
      var last: Int?
      let places = Array(0..<x.shape[1])
      for place in recurrence.isReversed ? places.reversed() : places {
        for entry in 0..<weight.width {
          before[[row, place, entry]] = last.map { states[row, $0, entry] } ?? 0
        }
        if mask.map({ $0[row, place] != 0 }) ?? true { last = place }
      }
    }
    // What the state gives to the gates is as good as a bias of its own at each position.
    let given = recurrence.pullback([gradient], to: 0, of: read)
    let fed = Reals(shapes[1]) { index in
      guard recurrence.cell == .gru, index[2] >= 2 * weight.width else { return given[index] }
      let entry = index[2] - 2 * weight.width
      let sum = (0..<weight.width).reduce(
        x[index[0], index[1], entry] + (recurrence.hasBias ? read[2][entry] : 0)
      ) { $0 + weight[entry, $1] * before[index[0], index[1], $1] }
      return given[index] / (1 + exp(-sum))
    }
    return [given, fed, before]
  }
}
