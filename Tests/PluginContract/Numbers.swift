/// Numbers in rows and axes, outermost axis first: just enough to check a tuner's algebra.
public struct Numbers: Hashable, Sendable {
  public let shape: [Int]
  /// All entries, the last axis changing fastest.
  public let values: [Double]

  /// - Precondition: There are as many values as the shape has entries.
  public init(shape: [Int], values: [Double]) {
    precondition(
      values.count == shape.reduce(1, *), "\(values.count) values do not fill \(shape)")
    self.shape = shape
    self.values = values
  }

  public init(shape: [Int], entry: ([Int]) -> Double) {
    var values: [Double] = []
    var index = [Int](repeating: 0, count: shape.count)
    for _ in 0..<shape.reduce(1, *) {
      values.append(entry(index))
      for axis in shape.indices.reversed() {
        index[axis] += 1
        if index[axis] < shape[axis] { break }
        index[axis] = 0
      }
    }
    self.init(shape: shape, values: values)
  }

  public subscript(index: [Int]) -> Double {
    values[zip(index, shape).reduce(0) { $0 * $1.1 + $1.0 }]
  }

  public subscript(index: Int...) -> Double { self[index] }

  /// The largest difference between two of the same shape; infinite for different shapes or where
  /// there is something that is no number.
  public func distance(to other: Numbers) -> Double {
    guard shape == other.shape else { return .infinity }
    return zip(values, other.values).reduce(0) { largest, pair in
      let difference = abs(pair.0 - pair.1)
      return difference.isNaN ? .infinity : max(largest, difference)
    }
  }
}

extension Numbers {
  /// The matrix product.
  func product(_ other: Numbers) -> Numbers {
    Numbers(shape: [shape[0], other.shape[1]]) { index in
      (0..<shape[1]).reduce(0) { $0 + self[index[0], $1] * other[$1, index[1]] }
    }
  }

  /// Both entry by entry, axes of size 1 stretched, as `operation` combines them.
  func combined(
    _ other: Numbers, _ operation: (Double, Double) -> Double
  ) -> Numbers {
    let rank = max(shape.count, other.shape.count)
    func padded(_ shape: [Int]) -> [Int] {
      [Int](repeating: 1, count: rank - shape.count) + shape
    }
    let (left, right) = (reshaped(padded(shape)), other.reshaped(padded(other.shape)))
    let result = zip(left.shape, right.shape).map { $0 == 1 ? $1 : $0 }
    return Numbers(shape: result) { index in
      func entry(_ numbers: Numbers) -> Double {
        numbers[zip(index, numbers.shape).map { $1 == 1 ? 0 : $0 }]
      }
      return operation(entry(left), entry(right))
    }
  }

  func scaled(by factor: Double) -> Numbers {
    Numbers(shape: shape, values: values.map { factor * $0 })
  }

  func reshaped(_ shape: [Int]) -> Numbers { Numbers(shape: shape, values: values) }

  /// Result axis `i` is axis `order[i]`.
  func permuted(_ order: [Int]) -> Numbers {
    Numbers(shape: order.map { shape[$0] }) { index in
      var source = index
      for (axis, old) in order.enumerated() { source[old] = index[axis] }
      return self[source]
    }
  }

  /// The part from `start` on of every axis.
  func part(from start: [Int], sizes: [Int]) -> Numbers {
    Numbers(shape: sizes) { index in self[zip(index, start).map(+)] }
  }
}

extension Numbers {
  /// Numbers between −1 and 1 that a text determines: the same on every machine, and different for
  /// different texts.
  public static func pseudorandom(_ text: String, shape: [Int]) -> Numbers {
    var state = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    return Numbers(shape: shape) { _ in
      state &+= 0x9e37_79b9_7f4a_7c15
      var word = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
      word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
      word ^= word >> 31
      return Double(word >> 11) / Double(1 << 52) - 1
    }
  }
}
