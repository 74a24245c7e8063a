import PeftBasics

/// Writes `.npy` files as `numpy.save` does.
package enum NumPyWriter {
  /// Writes an array of 32-bit floats, row by row, in one step.
  /// - Parameters:
  ///   - rows: Calls its argument with each row.
  /// - Throws: `FileWriteError`, and what `rows` throws: what was at the path before is still there.
  /// - Precondition: There are as many rows, and numbers in each, as is said.
  package static func write(
    rowCount: Int, width: Int, to path: String,
    rows: (_ append: ([Float]) throws -> Void) throws -> Void
  ) throws {
    var count = 0
    try FileWriter.write(to: path) { sink in
      try sink.append(header(shape: [rowCount, width]))
      try rows { row in
        precondition(row.count == width, "a row of \(row.count) numbers, not \(width)")
        count += 1
        try sink.append(
          row.flatMap { number in
            let bits = number.bitPattern
            return (0..<4).map { UInt8(truncatingIfNeeded: bits >> ($0 * 8)) }
          })
      }
      precondition(count == rowCount, "\(count) rows, not \(rowCount)")
    }
  }

  /// What stands before the numbers, to a multiple of 64 bytes.
  private static func header(shape: [Int]) -> [UInt8] {
    let sizes = shape.map(String.init).joined(separator: ", ")
    var text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(sizes)), }"
    let start = 10
    text += String(repeating: " ", count: 63 - (start + text.utf8.count) % 64) + "\n"
    let length = text.utf8.count
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)]
      + Array(text.utf8)
  }
}
