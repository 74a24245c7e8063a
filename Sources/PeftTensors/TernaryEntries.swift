package import CKernels

/// A matrix of −scale, 0 and scale, packed.
///
/// Where few entries are not 0, their places are listed, by rows and by columns: sums over either are made of
/// these lists alone. Otherwise two planes have a bit for each entry.
package final class TernaryEntries: @unchecked Sendable {
  // Unchecked: nothing changes what the pointers point to once it is made.
  package let header: UnsafePointer<ck_ternary>
  /// The bytes that it takes in memory.
  package let byteCount: Int
  private let arrays: [UnsafeMutableRawPointer]

  /// How entries are packed.
  package enum Form: Hashable, Sendable {
    case lists
    case planes

    /// The share of entries up to which lists are smaller than planes or, being added by themselves, faster.
    private static let mostListed = 0.125

    /// - Parameter density: The share of entries that are not 0, as it is expected.
    package init(density: Double) { self = density <= Self.mostListed ? .lists : .planes }
  }

  /// Bytes that one entry of a large matrix takes, as the density says.
  package static func bytesPerEntry(density: Double) -> Double {
    switch Form(density: density) {
    case .lists: 4 * density
    case .planes: 0.25
    }
  }

  package var form: Form { header.pointee.place_bytes > 0 ? .lists : .planes }
  package var rows: Int { header.pointee.rows }
  package var columns: Int { header.pointee.columns }
  /// The size of all entries that are not 0.
  package var scale: Float { header.pointee.scale }

  fileprivate init(_ contents: ck_ternary, arrays: [UnsafeMutableRawPointer], byteCount: Int) {
    let header = UnsafeMutablePointer<ck_ternary>.allocate(capacity: 1)
    header.initialize(to: contents)
    self.header = UnsafePointer(header)
    self.arrays = arrays
    self.byteCount = byteCount + MemoryLayout<ck_ternary>.size
  }

  deinit {
    header.deallocate()
    for array in arrays { array.deallocate() }
  }

  /// Packs a matrix of 32-bit floats. Nil where it has other entries than −s, 0 and s, or 0 alone.
  package convenience init?(
    packing entries: UnsafeBufferPointer<Float>, rows: Int, columns: Int, as form: Form
  ) {
    guard let size = entries.first(where: { $0 != 0 })?.magnitude, size.isFinite else { return nil }
    var builder = TernaryBuilder(rows: rows, columns: columns, as: form)
    guard entries.allSatisfy({ $0 == 0 || $0.magnitude == size }) else { return nil }
    builder.add(entries)
    self.init(builder, scale: size)
  }

  /// - Precondition: All entries were added.
  package convenience init(_ builder: consuming TernaryBuilder, scale: Float) {
    let packed = builder.finished(scale: scale)
    self.init(packed.contents, arrays: packed.arrays, byteCount: packed.byteCount)
  }

  /// Writes some entries, in row-major order, as 32-bit floats.
  /// - Parameter scale: What ±1 becomes.
  package func unpack(
    _ places: Range<Int>, scale: Float, into y: UnsafeMutablePointer<Float>
  ) {
    header.unpack(places, scale: scale, into: y)
  }
}

extension UnsafePointer<ck_ternary> {
  /// Writes some entries, in row-major order, as 32-bit floats.
  /// - Parameter scale: What ±1 becomes.
  package func unpack(
    _ places: Range<Int>, scale: Float, into y: UnsafeMutablePointer<Float>
  ) {
    if let plus = pointee.plus, let minus = pointee.minus {
      ck_unpack_signs(places.count, places.lowerBound, plus, minus, scale, y)
      return
    }
    y.update(repeating: 0, count: places.count)
    let columns = pointee.columns
    guard columns > 0, !places.isEmpty else { return }
    for row in places.lowerBound / columns...(places.upperBound - 1) / columns {
      let start = row * columns
      let part =
        max(places.lowerBound, start) - start..<min(places.upperBound, start + columns) - start
      let target = y + (start - places.lowerBound)
      rowList(row).forEach(in: part) { place, isPlus in
        target[place] = isPlus ? scale : -scale
      }
    }
  }

  /// Writes the signs of some entries of planes, in row-major order, as bfloat16.
  package func unpackSigns(_ places: Range<Int>, into y: UnsafeMutablePointer<UInt16>) {
    guard let plus = pointee.plus, let minus = pointee.minus else {
      preconditionFailure("lists are not unpacked as signs")
    }
    ck_unpack_half_signs(places.count, places.lowerBound, plus, minus, y)
  }

  /// The places in a row that are not 0.
  package func rowList(_ row: Int) -> TernaryList {
    TernaryList(pointee.row_starts, pointee.row_places, pointee.place_bytes, row)
  }

  /// The places in a column that are not 0.
  package func columnList(_ column: Int) -> TernaryList {
    TernaryList(pointee.column_starts, pointee.column_places, pointee.place_bytes, column)
  }
}

/// The places of one row or column, in ascending order: first those of the scale, then those of its opposite.
package struct TernaryList {
  private let places: UnsafeRawPointer
  private let placeBytes: Int
  private var plus: Range<Int>
  private var minus: Range<Int>

  fileprivate init(
    _ starts: UnsafePointer<UInt32>?, _ places: UnsafeRawPointer?, _ placeBytes: Int, _ number: Int
  ) {
    guard let starts, let places else { preconditionFailure("there are no lists in planes") }
    self.places = places
    self.placeBytes = placeBytes
    plus = Int(starts[2 * number])..<Int(starts[2 * number + 1])
    minus = Int(starts[2 * number + 1])..<Int(starts[2 * number + 2])
  }

  private func place(_ index: Int) -> Int {
    placeBytes == 2
      ? Int(places.assumingMemoryBound(to: UInt16.self)[index])
      : Int(places.assumingMemoryBound(to: UInt32.self)[index])
  }

  /// Those places of a part that lie in a range.
  private func part(_ indices: Range<Int>, within range: Range<Int>) -> Range<Int> {
    func first(from place: Int) -> Int {
      var (low, high) = (indices.lowerBound, indices.upperBound)
      while low < high {
        let middle = (low + high) / 2
        if self.place(middle) < place { low = middle + 1 } else { high = middle }
      }
      return low
    }
    let low = range.lowerBound > 0 ? first(from: range.lowerBound) : indices.lowerBound
    return low..<max(low, first(from: range.upperBound))
  }

  func forEach(in range: Range<Int>, _ body: (_ place: Int, _ isPlus: Bool) -> Void) {
    for index in part(plus, within: range) { body(place(index), true) }
    for index in part(minus, within: range) { body(place(index), false) }
  }

  /// Sums the rows of a panel that the list names: those of the scale, minus those of its opposite.
  /// - Parameters:
  ///   - range: The places that count; the panel's first row is that of the first of them.
  ///   - y: As many entries as a row of the panel has.
  package func sum(
    _ range: Range<Int>, of panel: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>
  ) {
    let (plus, minus) = (part(self.plus, within: range), part(self.minus, within: range))
    let first = panel - range.lowerBound * Int(ck_lanes)
    if placeBytes == 2 {
      let places = places.assumingMemoryBound(to: UInt16.self)
      ck_lane_sums_16(
        plus.count, places + plus.lowerBound, minus.count, places + minus.lowerBound, first, y)
    } else {
      let places = places.assumingMemoryBound(to: UInt32.self)
      ck_lane_sums_32(
        plus.count, places + plus.lowerBound, minus.count, places + minus.lowerBound, first, y)
    }
  }
}

extension Tensor {
  /// The same entries, packed; nil where they are not all −s, 0 and s.
  /// - Parameter density: The share of entries that are not 0, as it is expected.
  package func packed(density: Double) -> Tensor? {
    if ternary != nil { return self }
    guard type.isFloatingPoint, let rows = shape.first, rows > 0, count > 0 else { return nil }
    return converted(to: .float32).withUnsafeBytes { bytes in
      TernaryEntries(
        packing: bytes.bindMemory(to: Float.self), rows: rows, columns: count / rows,
        as: TernaryEntries.Form(density: density)
      ).map { Tensor($0, shape: shape) }
    }
  }
}
