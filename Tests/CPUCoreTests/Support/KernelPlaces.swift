import CKernels
import PeftTestSupport
import Testing

/// The kernels of one instruction set.
struct KernelSet: CustomTestStringConvertible, Sendable {
  let index: Int32
  var table: ck_table { ck_table_at(index).pointee }
  var testDescription: String { String(cString: table.name) }
}

/// Where a kernel's operands and result lie, relative to each other and to multiples of 64 bytes.
enum Placement {
  /// All at addresses that 64 divides.
  case apart
  /// Four bytes further each: no two aligned in the same way.
  case unaligned
  /// The result over the first operand.
  case inPlace
  /// The result over the second operand.
  case overSecond

  static let unary = [apart, unaligned, inPlace]
  static let binary = [apart, unaligned, inPlace, overSecond]

  /// What stands in memory around and below a result before it is written.
  private static let filler: Float = 12345

  /// Whether an entry that a kernel has no business with is what it was before.
  func isUntouched(_ entry: Float, was x: Float) -> Bool {
    entry == (self == .inPlace ? x : Self.filler)
  }

  func unary(
    _ x: [Float], _ body: (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) -> [Float] {
    binary(x, []) { a, _, y in body(a, y) }
  }

  func binary(
    _ a: [Float], _ b: [Float],
    _ body: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) -> [Float] {
    let count = a.count
    let room = (count + 64 + 15) / 16 * 16
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 3 * 4 * room, alignment: 64)
    defer { memory.deallocate() }
    let floats = memory.bindMemory(to: Float.self, capacity: 3 * room)
    floats.initialize(repeating: Self.filler, count: 3 * room)
    let shift = if case .unaligned = self { 1 } else { 0 }
    let (first, second) = (floats + shift, floats + room + 2 * shift)
    first.update(from: a, count: a.count)
    second.update(from: b, count: b.count)
    let result =
      switch self {
      case .apart, .unaligned: floats + 2 * room + 3 * shift
      case .inPlace: first
      case .overSecond: second
      }
    body(first, second, result)
    for offset in count..<count + 16 {
      #expect(result[offset] == Self.filler, "entry \(offset) of \(count) is written")
    }
    return Array(UnsafeBufferPointer(start: result, count: count))
  }
}

extension RandomNumbers {
  mutating func floats(_ count: Int, from low: Double = -1, to high: Double = 1) -> [Float] {
    reals([count], from: low, to: high).entries.map { Float($0) }
  }
}

/// Expects every entry within a bound of what it should be, and reports the first that is not.
func expect(
  _ found: [Float], _ expected: [Double], _ what: String,
  sourceLocation: SourceLocation = #_sourceLocation,
  bound: (_ index: Int, _ expected: Double) -> Double
) {
  #expect(found.count == expected.count, sourceLocation: sourceLocation)
  let wrong = zip(found, expected).enumerated().first { index, pair in
    !(abs(Double(pair.0) - pair.1) <= bound(index, pair.1))
  }
  guard let (index, (entry, right)) = wrong else { return }
  Issue.record(
    "\(what): entry \(index) of \(found.count) is \(entry), not \(right) ± \(bound(index, right))",
    sourceLocation: sourceLocation)
}
