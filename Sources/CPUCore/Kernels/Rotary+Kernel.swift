import CKernels
import ModelGraph
import PeftPlatform

extension Rotary: Kernel {
  var readsParts: Bool { true }
  var overwritten: Int? { 0 }

  func table(for operands: [Layout]) -> (any Table)? {
    RotaryTable(rotary: self, length: operands[0].shape[1])
  }

  func run(_ call: KernelCall) { turn(call) }

  /// Turns by the angles of the table, whichever way that is.
  fileprivate func turn(_ call: KernelCall) {
    let (x, table, y) = (call.operands[0], call.operands[1].floats, call.result)
    let (length, half) = (x.layout.shape[1], rotarySize / 2)
    let rest = headSize - rotarySize
    call.workers.runRows(x.rows, columns: x.columns) { rows in
      for row in rows {
        let cosine = table + row % length * rotarySize
        for start in stride(from: 0, to: x.columns, by: headSize) {
          let (from, to) = (x.row(row) + start, y.row(row) + start)
          ck_rotate(half, cosine, cosine + half, from, to)
          if rest > 0, from != to { (to + rotarySize).update(from: from + rotarySize, count: rest) }
        }
      }
    }
  }
}

extension RotaryGradient: Kernel {
  var readsParts: Bool { true }
  var overwritten: Int? { 0 }

  func table(for operands: [Layout]) -> (any Table)? {
    RotaryTable(rotary: rotary, length: operands[0].shape[1], isBackward: true)
  }

  func run(_ call: KernelCall) { rotary.turn(call) }
}

/// For each position the cosines of its angles, then their sines.
///
/// Frequencies and angles are rounded to 32 bits, as in `transformers`: at large positions their
/// rounding is what the result consists of.
private struct RotaryTable: Table {
  let rotary: Rotary
  let length: Int
  /// Whether angles are negative.
  var isBackward = false

  var count: Int { length * rotary.rotarySize }

  func fill(_ entries: UnsafeMutableBufferPointer<Float>) {
    let half = rotary.rotarySize / 2
    let frequencies = (0..<half).map { rotary.frequency($0) }
    for position in 0..<length {
      for (index, frequency) in frequencies.enumerated() {
        let angle = Double(Float(position) * frequency)
        entries[position * 2 * half + index] = Float(cos(angle))
        entries[position * 2 * half + half + index] = Float(isBackward ? -sin(angle) : sin(angle))
      }
    }
  }
}

extension Rotary {
  /// The angle from one position to the next of a pair.
  fileprivate func frequency(_ pair: Int) -> Float {
    let exponent = Float(2 * pair) / Float(rotarySize)
    let frequency = Float(1) / Float(pow(theta, Double(exponent)))
    switch scaling {
    case .none: return frequency
    case .linear(let factor): return frequency / Float(factor)
    case .llama3(let factor, let lowFrequency, let highFrequency, let originalLength):
      let turns = Double(originalLength) * Double(frequency) / (2 * Double.pi)
      if turns < lowFrequency { return frequency / Float(factor) }
      if turns > highFrequency { return frequency }
      let share = Float((turns - lowFrequency) / (highFrequency - lowFrequency))
      return (1 - share) * frequency / Float(factor) + share * frequency
    }
  }
}
