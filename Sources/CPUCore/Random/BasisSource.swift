public import ModelGraph
import PeftBasics
public import PeftTensors

/// Draws random bases, those of one key in one pass over its words.
///
/// It remembers where in a key's stream it is: bases drawn in the order of their preceding words
/// make no word twice. All entries equal those that PEFT draws to the bit, where torch ran on a
/// machine with fused multiply-add.
public struct BasisSource: Sendable {
  /// A key's words, and how many of them have been drawn.
  private struct Stream {
    let key: Int
    var twister: MersenneTwister
    var position = 0
  }

  private var stream: Stream?

  public init() {}

  /// Draws a basis as 32-bit floats in row-major order, a ternary one packed.
  ///
  /// Of several blocks, each is drawn by itself, row by row, and then takes its place in axis 1.
  /// - Throws: `RandomBasisError.Reason.noSpread` where all entries are equal, as those of a small
  ///   very sparse basis may be (PEFT's is then NaN); others where the basis contradicts the shape.
  /// - Complexity: O(entries + preceding words that were not drawn yet).
  public mutating func draw(
    _ basis: RandomBasis, shape: [Int]
  ) throws(RandomBasisError) -> Tensor {
    let layout = try BasisLayout(basis, shape: shape)
    let conversion = try BasisConversion(basis, shape: shape)
    try checkMemory(basis, layout, shape: shape)
    moveTo(basis)
    defer { stream?.position += layout.count }
    if let density = basis.density {
      return try drawPacked(basis, layout, conversion, shape: shape, density: density)
    }
    return try Tensor(shape: shape, type: .float32) { bytes throws(RandomBasisError) in
      let entries = bytes.bindMemory(to: Float.self)
      let spread = drawEntries(layout, conversion) { drawn, block, row in
        layout.place(drawn, block: block, row: row, in: entries)
      }
      guard let deviation = spread.deviation else {
        throw RandomBasisError(.noSpread, basis, shape: shape)
      }
      conversion.divide(entries, by: Float(deviation))
    }
  }

  /// Draws entries of −s, 0 and s, and packs them as they come.
  private mutating func drawPacked(
    _ basis: RandomBasis, _ layout: BasisLayout, _ conversion: BasisConversion, shape: [Int],
    density: Double
  ) throws(RandomBasisError) -> Tensor {
    let rows = shape.first ?? 1
    var builder = TernaryBuilder(
      rows: rows, columns: rows > 0 ? layout.count / rows : 0,
      as: TernaryEntries.Form(density: density))
    let spread = drawEntries(layout, conversion) { drawn, _, _ in builder.add(drawn) }
    guard let deviation = spread.deviation else {
      throw RandomBasisError(.noSpread, basis, shape: shape)
    }
    return Tensor(TernaryEntries(builder, scale: 1 / Float(deviation)), shape: shape)
  }

  private func checkMemory(
    _ basis: RandomBasis, _ layout: BasisLayout, shape: [Int]
  ) throws(RandomBasisError) {
    let bytes = InitialValue.basis(basis).byteCount(of: layout.count)
    do throws(RunError) { try MachineMemory.check(bytes) } catch {
      throw RandomBasisError(.noMemory(bytes: bytes), basis, shape: shape)
    }
  }

  private mutating func moveTo(_ basis: RandomBasis) {
    let words = basis.precedingWords
    if let stream, stream.key == basis.key, stream.position <= words {
      self.stream?.twister.skip(words - stream.position)
    } else {
      stream = Stream(key: basis.key, twister: MersenneTwister(seed: basis.key))
      stream?.twister.skip(words)
    }
    stream?.position = words
  }

  /// Draws all entries, before they are divided.
  /// - Parameter take: Gets rows of a block, in the order in which they are drawn.
  private mutating func drawEntries(
    _ layout: BasisLayout, _ conversion: BasisConversion,
    _ take: (_ drawn: UnsafeBufferPointer<Float>, _ block: Int, _ row: Int) -> Void
  ) -> Spread {
    var spread = Spread()
    guard layout.count > 0 else { return spread }
    // As many rows at a time as stay in the nearest cache.
    let rows = min(layout.rows, max(1, 4096 / layout.width))
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: rows * layout.width) { words in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: words.count) { values in
        for block in 0..<layout.blocks {
          for first in stride(from: 0, to: layout.rows, by: rows) {
            let count = min(rows, layout.rows - first) * layout.width
            let drawn = UnsafeMutableBufferPointer(rebasing: values[..<count])
            stream?.twister.fill(.init(rebasing: words[..<count]))
            conversion.convert(.init(rebasing: words[..<count]), into: drawn)
            spread.add(UnsafeBufferPointer(drawn))
            take(UnsafeBufferPointer(drawn), block, first)
          }
        }
      }
    }
    return spread
  }
}

/// In what order a basis is drawn: blocks, in a block rows, in a row `width` neighbours.
private struct BasisLayout {
  let count: Int
  let blocks: Int
  let rows: Int
  let width: Int

  init(_ basis: RandomBasis, shape: [Int]) throws(RandomBasisError) {
    guard shape.allSatisfy({ $0 >= 0 }), let count = try? shape.checkedProduct() else {
      throw RandomBasisError(.badShape, basis, shape: shape)
    }
    self.count = count
    if case .kaimingUniform(_, let blocks) = basis.distribution, blocks != 1 {
      guard shape.count > 1, blocks > 0, shape[1] % blocks == 0 else {
        throw RandomBasisError(.blocksDoNotDivide(blocks: blocks), basis, shape: shape)
      }
      self.blocks = blocks
    } else {
      blocks = 1
    }
    // The rows of a single block follow each other: any width will do, and one stays in the cache.
    rows = blocks > 1 ? shape[0] : count
    width = count == 0 ? 0 : count / blocks / rows
  }

  /// Copies consecutive rows of a block to where they belong.
  func place(
    _ values: UnsafeBufferPointer<Float>, block: Int, row first: Int,
    in entries: UnsafeMutableBufferPointer<Float>
  ) {
    guard let from = values.baseAddress, let to = entries.baseAddress else { return }
    guard blocks > 1 else {
      precondition(first + values.count <= entries.count, "row \(first) is outside the basis")
      return (to + first).update(from: from, count: values.count)
    }
    for row in 0..<(values.count / width) {
      let place = ((first + row) * blocks + block) * width
      precondition(place + width <= entries.count, "row \(first + row) is outside the basis")
      (to + place).update(from: from + row * width, count: width)
    }
  }
}
