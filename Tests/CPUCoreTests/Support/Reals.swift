import PeftTestSupport

/// Real numbers in rows and axes, outermost axis first; indices and masks are real numbers too.
struct Reals: Hashable, Sendable {
  let shape: [Int]
  /// All entries, the last axis changing fastest.
  var entries: [Double]

  init(_ entries: [Double], shape: [Int]) {
    precondition(
      entries.count == shape.reduce(1, *), "\(entries.count) entries do not fill \(shape)")
    self.shape = shape
    self.entries = entries
  }

  /// What `entry` gives for each index.
  init(_ shape: [Int], entry: (_ index: [Int]) -> Double) {
    var entries: [Double] = []
    let count = shape.reduce(1, *)
    entries.reserveCapacity(count)
    var index = [Int](repeating: 0, count: shape.count)
    for _ in 0..<count {
      entries.append(entry(index))
      for axis in shape.indices.reversed() {
        index[axis] += 1
        if index[axis] < shape[axis] { break }
        index[axis] = 0
      }
    }
    self.init(entries, shape: shape)
  }

  /// The size of the last axis; 1 for a scalar.
  var width: Int { shape.last ?? 1 }
  /// The product of the other sizes.
  var rowCount: Int { shape.dropLast().reduce(1, *) }
  var largest: Double { entries.reduce(0) { max($0, abs($1)) } }

  func row(_ number: Int) -> ArraySlice<Double> { entries[number * width..<(number + 1) * width] }

  /// The entry at an index of a shape that this one stretches to: missing axes and those of size 1
  /// are repeated.
  subscript(index: [Int]) -> Double {
    get { entries[place(of: index)] }
    set { entries[place(of: index)] = newValue }
  }

  private func place(of index: [Int]) -> Int {
    let skipped = index.count - shape.count
    return shape.indices.reduce(0) { place, axis in
      place * shape[axis] + (shape[axis] == 1 ? 0 : index[skipped + axis])
    }
  }

  subscript(index: Int...) -> Double { self[index] }

  static func zeros(_ shape: [Int]) -> Reals { Reals(shape) { _ in 0 } }

  func map(_ function: (Double) -> Double) -> Reals { Reals(entries.map(function), shape: shape) }

  /// All entries with their indices.
  var indexed: [(index: [Int], number: Double)] {
    var indices: [[Int]] = []
    _ = Reals(shape) { index in
      indices.append(index)
      return 0
    }
    return Array(zip(indices, entries))
  }

  /// Each row by itself as `function` changes it.
  func mapRows(_ function: (ArraySlice<Double>) -> [Double]) -> Reals {
    Reals((0..<rowCount).flatMap { function(row($0)) }, shape: shape)
  }
}

extension RandomNumbers {
  mutating func reals(_ shape: [Int], from low: Double = -1, to high: Double = 1) -> Reals {
    let values = (0..<shape.reduce(1, *)).map { _ in
      Double(Float(low + (high - low) * (real() + 1) / 2))
    }
    return Reals(values, shape: shape)
  }

  mutating func indices(_ shape: [Int], below end: Int) -> Reals {
    Reals((0..<shape.reduce(1, *)).map { _ in Double(whole(below: end)) }, shape: shape)
  }
}
