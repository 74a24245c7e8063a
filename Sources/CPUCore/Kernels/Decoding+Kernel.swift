import CKernels
import ModelGraph
import PeftPlatform

/// Writes new rows into the cache, and is the cache from then on.
extension AppendToCache: Kernel {
  var readsParts: Bool { true }
  // Of the cache, only the new rows' places are touched, whatever it holds.
  func widens(operand: Int) -> Bool { operand <= 1 }

  func movedBytes(in step: Step) -> Double { 2 * step.operands[1].byteCount }

  func run(_ call: KernelCall) throws(RunError) {
    let (cache, new, starts) = (call.operands[0], call.operands[1], call.operands[2])
    let (length, count) = (cache.layout.shape[1], new.layout.shape[1])
    for row in 0..<new.layout.shape[0] {
      let start = Int(starts.indices(0)[row])
      guard 0...(length - count) ~= start else {
        throw RunError(.indexOutOfRange(module: call.module, index: start + count, count: length))
      }
    }
    call.workers.runRows(new.rows, columns: new.columns) { rows in
      for row in rows {
        let place = row / count * length + Int(starts.indices(0)[row / count]) + row % count
        if cache.element == .bfloat16 {
          new.round(row: row, 0..<new.columns, into: cache.row(place, of: UInt16.self))
        } else {
          new.widen(row: row, 0..<new.columns, into: cache.row(place))
        }
      }
    }
  }
}

extension CachedAttention: Kernel {
  var readsParts: Bool { true }

  func scratchBytes(operands: [Operand], results: [Operand]) -> Int {
    attention.scratchBytes(operands: operands, results: results)
  }

  func products(in step: Step) -> [StepProduct] { attention.products(in: step) }

  func run(_ call: KernelCall) {
    let starts = call.operands[call.operands.count - 1].indices(0)
    attention.run(call, dropping: nil) { Int(starts[$0]) }
  }
}

extension PlacedRotary: Kernel {
  var readsParts: Bool { true }
  var overwritten: Int? { 0 }
  var obstacle: String? { rotary.obstacle }

  func table(for operands: [Layout]) -> (any Table)? {
    rotary.angles(length: length)
  }

  func run(_ call: KernelCall) {
    let (starts, count) = (call.operands[1].indices(0), call.operands[0].layout.shape[1])
    guard rotary.dependsOnLength else {
      let table = call.operands[2].floats
      rotary.turn(call) { row in
        table + (Int(starts[row / count]) + row % count) * rotary.rotarySize
      }
      return
    }
    // The angles of all rows are those of the longest, as transformers has it.
    let rows = call.operands[0].layout.shape[0]
    let end = ((0..<rows).map { Int(starts[$0]) }.max() ?? 0) + count
    let frequencies = RotaryFrequencies(rotary, length: end)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: rows * count * rotary.rotarySize) {
      angles in
      guard let first = angles.baseAddress else { return }
      for row in 0..<rows * count {
        frequencies.fill(
          first + row * rotary.rotarySize, at: Int(starts[row / count]) + row % count)
      }
      rotary.turn(call) { first + $0 * rotary.rotarySize }
    }
  }
}

extension PlacedPositions: Kernel {
  var readsParts: Bool { true }

  func run(_ call: KernelCall) {
    let (starts, y) = (call.operands[1].indices(0), call.result)
    for row in 0..<y.rows {
      for column in 0..<y.columns {
        y.indices(row)[column] = starts[row] + Int64(offset + column)
      }
    }
  }
}

extension PlacedPositionBias: Kernel {
  var readsParts: Bool { true }

  func run(_ call: KernelCall) {
    bias.spread(call, firstQuery: Int(call.operands[2].indices(0)[0]))
  }
}
