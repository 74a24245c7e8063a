import CKernels
import PeftTestSupport
import Testing

@testable import PeftTensors

@Suite("Packed entries of −s, 0 and s") struct TernaryEntriesTests {
  static let sizes = [[1, 1], [1, 40], [40, 1], [7, 9], [33, 65], [0, 3], [3, 70_000]]
  static let densities = [0.02, 0.125, 0.4, 1]

  private func entries(_ sizes: [Int], density: Double) -> [Float] {
    var random = RandomNumbers(seed: sizes[0] + sizes[1])
    var entries = (0..<sizes[0] * sizes[1]).map { _ in
      let x = random.real()
      return
        Float(abs(x) < density ? (x < 0 ? -0.7 : 0.7) : 0)
    }
    if !entries.isEmpty { entries[entries.count - 1] = 0.7 }
    return entries
  }

  @Test("Nothing is lost, and any part can be unpacked", arguments: sizes, densities)
  func roundTrip(sizes: [Int], density: Double) throws {
    let values = entries(sizes, density: density)
    let tensor = Tensor(values, shape: sizes)
    guard !values.isEmpty else {
      #expect(tensor.packed(density: density) == nil)
      return
    }
    let packed = try #require(tensor.packed(density: density))
    let ternary = try #require(packed.ternary)
    #expect(ternary.form == (density > 0.125 ? .planes : .lists))
    #expect(ternary.scale == 0.7 && ternary.rows == sizes[0] && ternary.columns == sizes[1])
    #expect(packed.floats() == values && packed.type == .float32 && packed.shape == sizes)
    #expect(packed.reshaped([values.count]).floats() == values)
    #expect(packed.converted(to: .bfloat16).floats() == tensor.converted(to: .bfloat16).floats())
    let step = max(1, values.count / 7)
    for start in stride(from: 0, to: values.count, by: step) {
      let places = start..<min(values.count, start + step + 3)
      var part = [Float](repeating: 9, count: places.count)
      ternary.unpack(places, scale: 2, into: &part)
      #expect(part == values[places].map { $0 == 0 ? 0 : $0 < 0 ? -2 : 2 })
    }
  }

  @Test("Lists name the places of rows and of columns", arguments: [[33, 65], [3, 70_000]])
  func lists(sizes: [Int]) throws {
    let values = entries(sizes, density: 0.1)
    let ternary = try #require(Tensor(values, shape: sizes).packed(density: 0.1)?.ternary)
    #expect(ternary.header.pointee.place_bytes == (sizes[1] > 1 << 16 ? 4 : 2))
    func places(_ list: TernaryList, in range: Range<Int>) -> [Int: Bool] {
      var found: [Int: Bool] = [:]
      list.forEach(in: range) { found[$0] = $1 }
      return found
    }
    for row in 0..<sizes[0] {
      for range in [0..<sizes[1], 5..<sizes[1] / 2] {
        let expected = range.filter { values[row * sizes[1] + $0] != 0 }
        let found = places(ternary.header.rowList(row), in: range)
        #expect(found.keys.sorted() == expected)
        #expect(expected.allSatisfy { found[$0] == (values[row * sizes[1] + $0] > 0) })
      }
    }
    for column in stride(from: 0, to: sizes[1], by: max(1, sizes[1] / 50)) {
      let expected = (0..<sizes[0]).filter { values[$0 * sizes[1] + column] != 0 }
      let found = places(ternary.header.columnList(column), in: 0..<sizes[0])
      #expect(found.keys.sorted() == expected)
      #expect(expected.allSatisfy { found[$0] == (values[$0 * sizes[1] + column] > 0) })
    }
  }

  @Test("Other entries are not packed")
  func others() {
    let refused: [[Float]] = [
      [1, 0, -1, 0.5], [0, 0, 0, 0], [1, .nan, 0, 1], [.infinity, 0, 0, 0], [1, 1, -1.0000001, 0],
    ]
    for values in refused {
      for density in [0.1, 0.5] {
        #expect(Tensor(values, shape: [2, 2]).packed(density: density) == nil)
      }
    }
    #expect(Tensor([1, 0, 1, 0], shape: [2, 2]).packed(density: 0.5) == nil)
    let minus = Tensor([-2.5 as Float, -0.0, 0, -2.5], shape: [2, 2]).packed(density: 0.5)
    #expect(minus?.floats() == [-2.5, 0, 0, -2.5])
  }

  @Test("They take a sixteenth of 32-bit floats, and few of them a 24th")
  func size() throws {
    let sizes = [1000, 768]
    let dense = Double(4 * sizes[0] * sizes[1])
    for (density, share) in [(1.0 / 3, 16.0), (1 / 768.0.squareRoot(), 24)] {
      let packed = try #require(
        Tensor(entries(sizes, density: density), shape: sizes).packed(density: density))
      #expect(Double(packed.storedByteCount) <= dense / share + 200)
      let planned = TernaryEntries.bytesPerEntry(density: density) * dense / 4
      #expect(Double(packed.storedByteCount) <= 1.15 * planned)
      #expect(Double(packed.byteCount) == dense)
    }
  }
}
