import CKernels
import ModelGraph
import PeftPlatform

extension Rotary: Kernel {
  var readsParts: Bool { true }
  var overwritten: Int? { 0 }

  func table(for operands: [Layout]) -> (any Table)? {
    RotaryTable(rotary: self, length: operands[0].shape[1])
  }

  var obstacle: String? {
    if case .unsupported(let reason) = scaling { reason } else { nil }
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
    let frequencies = RotaryFrequencies(rotary, length: length)
    let amplitude = frequencies.amplitude
    for position in 0..<length {
      for (index, frequency) in frequencies.values.enumerated() {
        let angle = Double(Float(position) * frequency)
        let sine = Float(isBackward ? -sin(angle) : sin(angle))
        entries[position * 2 * half + index] = Float(cos(angle)) * amplitude
        entries[position * 2 * half + half + index] = sine * amplitude
      }
    }
  }
}
