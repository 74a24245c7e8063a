import CKernels
import ModelGraph
import PeftPlatform

extension Rotary: Kernel {
  var readsParts: Bool { true }
  var overwritten: Int? { 0 }

  func table(for operands: [Layout]) -> (any Table)? {
    angles(length: operands[0].shape[1])
  }

  /// The angles of all places of a row of that length.
  func angles(length: Int) -> any Table { RotaryTable(rotary: self, length: length) }

  var obstacle: String? {
    if case .unsupported(let reason) = scaling { reason } else { nil }
  }

  func run(_ call: KernelCall) { turn(call) }

  /// Turns by the angles of the table, whichever way that is.
  fileprivate func turn(_ call: KernelCall) {
    let (table, length) = (call.operands[1].floats, call.operands[0].layout.shape[1])
    turn(call) { table + $0 % length * rotarySize }
  }

  /// - Parameter angles: The cosines of a row's angles, after which their sines come.
  func turn(_ call: KernelCall, by angles: (_ row: Int) -> UnsafeMutablePointer<Float>) {
    let (x, y) = (call.operands[0], call.result)
    let half = rotarySize / 2
    let rest = headSize - rotarySize
    call.workers.runRows(x.rows, columns: x.columns) { rows in
      for row in rows {
        let cosine = angles(row)
        for start in stride(from: 0, to: x.columns, by: headSize) {
          let (from, to) = (x.row(row) + start, y.row(row) + start)
          if isInterleaved {
            rotateNeighbours(half, cosine, cosine + half, from, to)
          } else {
            ck_rotate(half, cosine, cosine + half, from, to)
          }
          if rest > 0, from != to { (to + rotarySize).update(from: from + rotarySize, count: rest) }
        }
      }
    }
  }
}

/// Pairs of neighbours rotated by the angles whose cosines and sines are given; y may be x.
private func rotateNeighbours(
  _ count: Int, _ cosine: UnsafePointer<Float>, _ sine: UnsafePointer<Float>,
  _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>
) {
  for pair in 0..<count {
    let (even, odd) = (x[2 * pair], x[2 * pair + 1])
    y[2 * pair] = even * cosine[pair] - odd * sine[pair]
    y[2 * pair + 1] = odd * cosine[pair] + even * sine[pair]
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
    guard let start = entries.baseAddress else { return }
    let frequencies = RotaryFrequencies(rotary, length: length)
    for position in 0..<length {
      frequencies.fill(
        start + position * rotary.rotarySize, at: position, isBackward: isBackward)
    }
  }
}
