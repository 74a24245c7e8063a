/// The windows that pooling takes along each axis of an image or a sequence.
package enum PoolingWindows: Hashable, Sendable {
  /// Windows of one size, some entries apart, which may begin and end in the padding.
  case sliding(kernel: [Int], stride: [Int], padding: [Int], roundsUp: Bool)
  /// As many windows as the result is to have entries; together they cover the axis.
  case adaptive([Int])

  /// How many axes there are.
  package var axisCount: Int {
    switch self {
    case .sliding(let kernel, _, _, _): kernel.count
    case .adaptive(let sizes): sizes.count
    }
  }

  /// The entries of an axis that a window sees.
  package struct Window: Hashable, Sendable {
    package let entries: Range<Int>
    /// How many they are together with those of the padding.
    package let count: Int

    package init(entries: Range<Int>, count: Int) {
      self.entries = entries
      self.count = count
    }
  }

  /// The number of windows along an axis of that size; nil where none fits.
  package func count(along axis: Int, of size: Int) -> Int? {
    switch self {
    case .adaptive(let sizes): return size >= 1 ? sizes[axis] : nil
    case .sliding(let kernel, let stride, let padding, let roundsUp):
      let rest = size + 2 * padding[axis] - kernel[axis]
      guard rest >= 0 else { return nil }
      let step = stride[axis]
      let count = (rest + (roundsUp ? step - 1 : 0)) / step + 1
      // A window that would begin behind the entries is left out.
      return roundsUp && (count - 1) * step >= size + padding[axis] ? count - 1 : count
    }
  }

  /// The number of windows along an open axis; nil where it has no name.
  fileprivate func open(along axis: Int, of dimension: Dimension) -> Dimension? {
    switch self {
    case .adaptive(let sizes): .size(sizes[axis])
    case .sliding(let kernel, let stride, let padding, let roundsUp):
      roundsUp
        ? nil
        : dimension.openWindows(
          reach: kernel[axis], padding: 2 * padding[axis], stride: stride[axis])
    }
  }

  /// The windows along an axis of that size, in order.
  package func windows(along axis: Int, of size: Int) -> [Window] {
    (0..<(count(along: axis, of: size) ?? 0)).map { number in
      switch self {
      case .adaptive(let sizes):
        let (count, end) = (sizes[axis], (number + 1) * size)
        let entries = number * size / count..<(end + count - 1) / count
        return Window(entries: entries, count: entries.count)
      case .sliding(let kernel, let stride, let padding, _):
        let start = number * stride[axis] - padding[axis]
        let end = min(start + kernel[axis], size + padding[axis])
        return Window(entries: max(0, start)..<min(end, size), count: end - start)
      }
    }
  }

  /// The most that a size may be, so that sums and products of two cannot overflow.
  fileprivate static let mostEntries = 1 << 31
}

/// An operator that makes one entry of every window of an image `[batch, channels, height, width]` or of a
/// sequence `[batch, channels, length]`, channel by channel.
package protocol PoolingOperator: DifferentiableOperator {
  var windows: PoolingWindows { get }
}

extension PoolingOperator {
  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 1...1)
    let x = operands[0]
    try expectFloatingPoint(x, "the input")
    try expect(x, "the input", rank: 2 + windows.axisCount)
    try checkWindows()
    var result = Array(x.shape.dimensions.prefix(2))
    for axis in 0..<windows.axisCount {
      let dimension = x.shape.dimensions[2 + axis]
      guard let size = dimension.size else {
        guard let open = windows.open(along: axis, of: dimension) else {
          throw ShapeError(name, .unknownSize(operand: "the input", x.shape))
        }
        result.append(open)
        continue
      }
      try expect("each size", size, atMost: PoolingWindows.mostEntries)
      guard let count = windows.count(along: axis, of: size) else {
        throw ShapeError(name, mismatch(of: x.shape, axis: axis, size: size))
      }
      result.append(.size(count))
    }
    return [ValueType(Shape(result), x.element)]
  }

  private func mismatch(of shape: Shape, axis: Int, size: Int) -> ShapeError.Reason {
    guard case .sliding(let kernel, _, let padding, _) = windows else {
      return .tooSmall("each size", size, minimum: 1)
    }
    return .window(
      reach: kernel[axis], room: size + 2 * padding[axis], of: shape, axis: 2 + axis)
  }

  private func checkWindows() throws(ShapeError) {
    switch windows {
    case .adaptive(let sizes):
      for size in sizes {
        try expect("the size", size, atLeast: 1)
        try expect("the size", size, atMost: PoolingWindows.mostEntries)
      }
    case .sliding(let kernel, let stride, let padding, _):
      for axis in kernel.indices {
        try expect("the kernel", kernel[axis], atLeast: 1)
        try expect("the kernel", kernel[axis], atMost: PoolingWindows.mostEntries)
        try expect("the stride", stride[axis], atLeast: 1)
        try expect("the stride", stride[axis], atMost: PoolingWindows.mostEntries)
        try expect("the padding", padding[axis], atLeast: 0)
        // Beyond it there would be windows of nothing but padding.
        try expect("the padding", padding[axis], atMost: kernel[axis] / 2)
      }
    }
  }

  /// What describes the windows, as text.
  fileprivate var windowAttributes: [(name: String, value: String)] {
    func text(_ sizes: [Int]) -> String { Set(sizes).count == 1 ? "\(sizes[0])" : "\(sizes)" }
    switch windows {
    case .adaptive(let sizes): return [("size", text(sizes))]
    case .sliding(let kernel, let stride, let padding, let roundsUp):
      return [("kernel", text(kernel)), ("stride", text(stride))]
        + (padding.allSatisfy { $0 == 0 } ? [] : [("padding", text(padding))])
        + (roundsUp ? [("ceil", "true")] : [])
    }
  }
}

extension MaxPool {
  package var attributes: [(name: String, value: String)] { windowAttributes }
}

extension AveragePool {
  package var attributes: [(name: String, value: String)] {
    windowAttributes + (countsPadding ? [] : [("count_padding", "false")])
  }
}
