import CKernels
import ModelGraph
import PeftTensors

/// Products of which one factor is packed: entries of −s, 0 and s.
///
/// With lists of places nothing is multiplied: 64 columns of the other factor, or as many rows as columns, are
/// brought side by side into a panel, whose rows are added and subtracted as the lists say. The sum is scaled once.
/// Planes are unpacked, a block at a time, and multiplied.
extension DenseProduct {
  /// Columns of a second packed factor, or rows of a first one, that are unpacked at a time.
  private static let unpacked = 256
  /// Sums that are made before they are written as rows.
  private static let sumBlock = 16
  private static let lanes = Int(ck_lanes)

  /// Floats that a worker needs for a product, where one of its factors is packed.
  static func packedScratch(_ sizes: ProductSizes, _ operands: [Operand]) -> Int {
    guard let packed = operands.prefix(2).first(where: { $0.element == .ternary }) else { return 0 }
    let listed = panelFloats(sizes) + lanes * sumBlock
    return packed.listedDensity == nil ? max(listed, unpacked * sizes.depth) : listed
  }

  /// - Parameter space: As many floats as `packedScratch` says.
  func multiplyPacked(
    _ call: KernelCall, _ sizes: ProductSizes, _ tile: Tile,
    space: UnsafeMutablePointer<Float>, to target: UnsafeMutablePointer<Float>, stride: Int
  ) {
    let isFirst = call.operands[0].element == .ternary
    let (packed, dense) = (call.operands[isFirst ? 0 : 1], call.operands[isFirst ? 1 : 0])
    // Both are seen as first factors, whose rows have lists.
    let factor = PackedFactor(
      packed, depth: sizes.depth, isTransposed: isFirst ? transposesFirst : !transposesSecond)
    if packed.isPackedInPlanes {
      let other =
        isFirst
        ? MatrixFactor.columns(tile.columns, of: dense, isTransposed: transposesSecond)
        : MatrixFactor.rows(tile.rows, of: dense, isTransposed: transposesFirst)
      unpackAndMultiply(
        factor, other, isFirst: isFirst, tile, sizes, space: space, to: target, stride: stride)
      return
    }
    let panel = PackedPanel(
      dense, depth: sizes.depth, lanesAreRows: isFirst ? transposesSecond : !transposesFirst,
      start: space)
    let sums = space + Self.panelFloats(sizes)
    let scale = leadingScale * factor.scale
    let own = isFirst ? tile.rows : tile.columns
    for lanes in (isFirst ? tile.columns : tile.rows).parts(of: Self.lanes) {
      panel.fill(lanes)
      for block in own.parts(of: isFirst ? 1 : Self.sumBlock) {
        for number in block {
          factor.list(number).sum(
            factor.range, of: panel.start, into: sums + (number - block.lowerBound) * Self.lanes)
        }
        let (row, column) = isFirst ? (block, lanes) : (lanes, block)
        let y =
          target + (row.lowerBound - tile.rows.lowerBound) * stride + column.lowerBound
          - tile.columns.lowerBound
        if isFirst {
          ck_scale(lanes.count, scale, sums, y)
        } else {
          ck_rows_of_lanes(lanes.count, block.count, scale, sums, y, stride)
        }
      }
    }
  }

  /// Floats of a panel and what is widened for it, behind which sums begin.
  private static func panelFloats(_ sizes: ProductSizes) -> Int {
    lanes * (sizes.depth + PackedPanel.widened)
  }

  private func unpackAndMultiply(
    _ factor: PackedFactor, _ other: MatrixFactor, isFirst: Bool, _ tile: Tile,
    _ sizes: ProductSizes, space: UnsafeMutablePointer<Float>,
    to target: UnsafeMutablePointer<Float>, stride: Int
  ) {
    let isHalf = other.element == .bfloat16
    for part in (isFirst ? tile.rows : tile.columns).parts(of: Self.unpacked) {
      let unpacked = factor.unpacked(part, isHalf: isHalf, into: space)
      let place = part.lowerBound - (isFirst ? tile.rows : tile.columns).lowerBound
      CPUCore.multiply(
        isFirst ? unpacked : other, isFirst ? other : unpacked.transposed,
        rows: isFirst ? part.count : tile.rows.count,
        columns: isFirst ? tile.columns.count : part.count, depth: sizes.depth,
        // Signs are exact in 16 bits, and scaled after.
        scale: isHalf ? leadingScale * factor.scale : leadingScale,
        to: target + (isFirst ? place * stride : place), stride: stride)
    }
  }
}

extension NumberView {
  /// Whether its entries are packed with a bit of each plane for one entry.
  var isPackedInPlanes: Bool { element == .ternary && ternary.pointee.place_bytes == 0 }
}

/// A packed factor, seen as the first one of a product.
private struct PackedFactor {
  let entries: UnsafePointer<ck_ternary>
  private let row: Int
  private let column: Int
  private let depth: Int
  private let isTransposed: Bool

  init(_ view: NumberView, depth: Int, isTransposed: Bool) {
    entries = view.ternary
    let columns = max(1, entries.pointee.columns)
    (row, column) = (view.start / columns, view.start % columns)
    self.depth = depth
    self.isTransposed = isTransposed
  }

  var scale: Float { entries.pointee.scale }

  /// The places of a list that count.
  var range: Range<Int> { isTransposed ? row..<row + depth : column..<column + depth }

  func list(_ number: Int) -> TernaryList {
    isTransposed ? entries.columnList(column + number) : entries.rowList(row + number)
  }

  /// Some of its rows, unpacked: signs as bfloat16, or entries as 32-bit floats.
  func unpacked(
    _ part: Range<Int>, isHalf: Bool, into space: UnsafeMutablePointer<Float>
  ) -> MatrixFactor {
    let width = isTransposed ? part.count : depth
    let height = isTransposed ? depth : part.count
    let firstRow = row + (isTransposed ? 0 : part.lowerBound)
    let firstColumn = column + (isTransposed ? part.lowerBound : 0)
    let halves = UnsafeMutableRawPointer(space).assumingMemoryBound(to: UInt16.self)
    for index in 0..<height {
      let start = (firstRow + index) * entries.pointee.columns + firstColumn
      let places = start..<start + width
      if isHalf {
        entries.unpackSigns(places, into: halves + index * width)
      } else {
        entries.unpack(places, scale: scale, into: space + index * width)
      }
    }
    return MatrixFactor(
      start: UnsafeRawPointer(space), element: isHalf ? .bfloat16 : .float32, stride: width,
      isTransposed: isTransposed)
  }
}

/// Some rows or columns of the other factor, side by side.
private struct PackedPanel {
  /// Entries of a row that are widened at a time.
  static let widened = 256
  private static let lanes = Int(ck_lanes)

  private let view: NumberView
  private let depth: Int
  private let lanesAreRows: Bool
  let start: UnsafeMutablePointer<Float>

  init(
    _ view: NumberView, depth: Int, lanesAreRows: Bool, start: UnsafeMutablePointer<Float>
  ) {
    self.view = view
    self.depth = depth
    self.lanesAreRows = lanesAreRows
    self.start = start
  }

  func fill(_ lanes: Range<Int>) {
    if lanesAreRows { fillRows(lanes) } else { fillColumns(lanes) }
  }

  private func fillColumns(_ lanes: Range<Int>) {
    for k in 0..<depth {
      let row = start + k * Self.lanes
      view.widen(row: k, lanes, into: row)
      if lanes.count < Self.lanes {
        (row + lanes.count).update(repeating: 0, count: Self.lanes - lanes.count)
      }
    }
  }

  private func fillRows(_ lanes: Range<Int>) {
    guard view.element != .float32 else {
      ck_lanes_of_rows(
        lanes.count, depth, view.row(lanes.lowerBound), view.stride, start)
      return
    }
    let wide = start + depth * Self.lanes
    for part in (0..<depth).parts(of: Self.widened) {
      for (index, row) in lanes.enumerated() {
        view.widen(row: row, part, into: wide + index * Self.widened)
      }
      ck_lanes_of_rows(
        lanes.count, part.count, wide, Self.widened, start + part.lowerBound * Self.lanes)
    }
  }
}
