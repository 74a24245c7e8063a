import ModelGraph
import PeftBasics

extension Embedding: Kernel {
  /// Rows after which pages are given back: Linux may bring 2 MB around each.
  private static let givenBackRows = 8

  func widens(operand: Int) -> Bool { operand == 1 }

  /// Of the table some rows are read.
  func movedBytes(in step: Step) -> Double {
    let (indices, table, y) = (step.operands[0], step.operands[1], step.results[0])
    return indices.byteCount + y.byteCount
      + Double(y.layout.count) * Double(table.element.byteCount)
  }

  func run(_ call: KernelCall) throws(RunError) {
    let (indices, table, y) = (call.operands[0], call.operands[1], call.result)
    for position in 0..<indices.layout.count {
      let index = Int(indices.indices(0)[position])
      guard 0..<table.rows ~= index else {
        throw RunError(.indexOutOfRange(module: call.module, index: index, count: table.rows))
      }
    }
    call.workers.runRows(y.rows, columns: y.columns) { rows in
      for part in rows.parts(of: call.readsRowsAlone ? Self.givenBackRows : rows.count) {
        for row in part {
          table.widen(row: Int(indices.indices(0)[row]), 0..<table.columns, into: y.row(row))
        }
        if call.readsRowsAlone { MappedFile.giveBack(table.bytes) }
      }
    }
  }
}

extension Positions: Kernel {
  var readsParts: Bool { true }

  func run(_ call: KernelCall) {
    let (x, y) = (call.operands[0], call.result)
    let mask = call.operands.count > 1 ? call.operands[1] : nil
    for row in 0..<y.rows {
      var position = offset
      for column in 0..<y.columns {
        let counts =
          if let padding { x.indices(row)[column] != Int64(padding) } else if let mask {
            mask.mask(row)[column] != 0
          } else { true }
        // Padding gets the position of padding, or the one before the first.
        y.indices(row)[column] = Int64(counts ? position : padding ?? offset - 1)
        if counts { position += 1 }
      }
    }
  }
}

extension TakeToken: MovingKernel {
  var readsParts: Bool { true }

  func move<Entry>(_ call: KernelCall, as type: Entry.Type) {
    let (x, y) = (call.operands[0], call.result)
    let length = x.layout.shape[1]
    for row in 0..<y.rows {
      let place = position.place(
        row: row, operand: call.operands.count > 1 ? call.operands[1] : nil, length: length)
      y.row(row, of: type).update(
        from: x.row(row * length + place, of: type), count: y.columns)
    }
  }
}

extension TakeToken.Position {
  /// The place in a row of that length.
  /// - Parameter operand: The tokens, the mask, or the places that are given.
  func place(row: Int, operand: NumberView?, length: Int) -> Int {
    guard let operand else {
      guard case .at(let index) = self else { return 0 }
      return index
    }
    lazy var tokens = UnsafeBufferPointer(start: operand.indices(row), count: length)
    lazy var mask = UnsafeBufferPointer(start: operand.mask(row), count: length)
    let place: Int? =
      switch self {
      case .at(let index): index
      case .first(let token): tokens.firstIndex(of: Int64(token))
      case .largest: tokens.max().flatMap { tokens.firstIndex(of: $0) }
      case .last(let other): tokens.lastIndex { $0 != Int64(other) }
      case .lastInMask: mask.lastIndex { $0 != 0 }
      case .given: min(max(0, Int(operand.indices(0)[row])), length - 1)
      }
    return place ?? 0
  }
}
