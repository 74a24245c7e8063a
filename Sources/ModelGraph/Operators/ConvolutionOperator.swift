/// Where a convolution's windows lie along each axis of an image or a sequence.
package struct ConvolutionGeometry: Hashable, Sendable {
  package let stride: [Int]
  /// Zeros before each axis, and after it.
  package let before: [Int]
  package let after: [Int]
  package let dilation: [Int]
  /// Groups of channels, each of which sees only itself.
  package let groups: Int

  /// - Parameters:
  ///   - padding: Zeros on both sides of each axis; none if left out.
  ///   - after: Zeros after each axis, where they are others than before it.
  package init(
    stride: [Int], padding: [Int]? = nil, after: [Int]? = nil, dilation: [Int]? = nil,
    groups: Int = 1
  ) {
    self.stride = stride
    before = padding ?? stride.map { _ in 0 }
    self.after = after ?? before
    self.dilation = dilation ?? stride.map { _ in 1 }
    self.groups = groups
  }

  /// How many entries of an axis a kernel reaches over, and how many there are with the padding. Nil where the
  /// kernel is empty, or these are beyond 2⁶³.
  package func reach(of kernel: Int, over size: Int, axis: Int) -> (reach: Int, room: Int)? {
    let (steps, isTooFar) = dilation[axis].multipliedReportingOverflow(by: kernel - 1)
    let (room, isTooWide) = size.addingReportingOverflow(before[axis] + after[axis])
    guard kernel >= 1, !isTooFar, steps < .max, !isTooWide else { return nil }
    return (steps + 1, room)
  }

  /// What differs from a convolution with nothing but a stride, as text.
  fileprivate var attributes: [(name: String, value: String)] {
    var found = [("stride", Self.text(stride))]
    if (before + after).contains(where: { $0 != 0 }) {
      found.append(("padding", Self.text(before)))
      if before != after { found.append(("padding_after", Self.text(after))) }
    }
    if dilation.contains(where: { $0 != 1 }) { found.append(("dilation", Self.text(dilation))) }
    if groups != 1 { found.append(("groups", "\(groups)")) }
    return found
  }

  private static func text(_ sizes: [Int]) -> String {
    Set(sizes).count == 1 ? "\(sizes[0])" : "\(sizes)"
  }

  /// The most that a stride, a padding or a dilation may be, so that sums of them cannot overflow.
  fileprivate static let mostSteps = 1 << 31
}

/// A convolution along some axes, behind those of the batch and the channels.
///
/// A kernel reaches over `dilation · (kernel − 1) + 1` entries; an axis of the result has
/// `⌊(size + padding − reach) / stride⌋ + 1`. An axis of the input may be open, and the result's is then.
package protocol ConvolutionOperator: WeightedOperator, DifferentiableOperator {
  /// How many axes its windows have.
  static var axisCount: Int { get }
  var geometry: ConvolutionGeometry { get }
}

extension ConvolutionOperator {
  package var takesBias: Bool { true }
  package var attributes: [(name: String, value: String)] { geometry.attributes }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 2...3)
    let (x, weight) = (operands[0], operands[1])
    try expectFloatingPoint(x, "the input")
    try expect(x, "the input", rank: 2 + Self.axisCount)
    try expect(weight, "the weight", rank: 2 + Self.axisCount)
    try checkGeometry()
    let (image, kernel) = (x.shape.dimensions, weight.shape.dimensions)
    try checkChannels(of: x, weight)
    if operands.count == 3 {
      try expect(operands[2], "the bias", rank: 1)
      try expect(operands[2], "the bias", width: kernel[0])
    }
    var result = [image[0], kernel[0]]
    for axis in 0..<Self.axisCount {
      guard let window = kernel[2 + axis].size else {
        throw ShapeError(name, .unknownSize(operand: "the weight", weight.shape))
      }
      let size = image[2 + axis].size
      guard let found = geometry.reach(of: window, over: size ?? 0, axis: axis) else {
        throw ShapeError(
          name, .sizes(left: "the input", x.shape, right: "the weight", weight.shape))
      }
      let open = image[2 + axis].openWindows(
        reach: found.reach, padding: found.room, stride: geometry.stride[axis])
      if let open {
        result.append(open)
        continue
      }
      guard found.reach <= found.room else {
        throw ShapeError(
          name, .window(reach: found.reach, room: found.room, of: x.shape, axis: 2 + axis))
      }
      result.append(.size((found.room - found.reach) / geometry.stride[axis] + 1))
    }
    return [ValueType(Shape(result), x.element)]
  }

  private func checkGeometry() throws(ShapeError) {
    for (what, sizes, minimum) in [
      ("the stride", geometry.stride, 1), ("the padding", geometry.before + geometry.after, 0),
      ("the dilation", geometry.dilation, 1), ("the number of groups", [geometry.groups], 1),
    ] {
      for size in sizes {
        try expect(what, size, atLeast: minimum)
        try expect(what, size, atMost: ConvolutionGeometry.mostSteps)
      }
    }
  }

  /// A group of input channels is what a row of the weight sees.
  private func checkChannels(of x: ValueType, _ weight: ValueType) throws(ShapeError) {
    let (channels, own) = (x.shape.dimensions[1], weight.shape.dimensions[1])
    let mismatch = ShapeError(
      name, .sizes(left: "the input", x.shape, right: "the weight", weight.shape))
    guard geometry.groups > 1 else {
      guard channels == own else { throw mismatch }
      return
    }
    guard let channels = channels.size, let own = own.size else { throw mismatch }
    _ = try quotient(channels, by: geometry.groups, .channelGroups)
    guard own == channels / geometry.groups else { throw mismatch }
    if let outputs = weight.shape.dimensions[0].size {
      _ = try quotient(outputs, by: geometry.groups, .channelGroups)
    }
  }

  package func gradients(of node: NodeGradient, in graph: inout Graph) throws -> [Value.ID?] {
    let (x, weight, gradient) = (node.operands[0], node.operands[1], node.gradient)
    return [
      try node.ifNeeded(0) {
        try graph.apply(
          ConvolutionInputGradient(geometry, shape: graph[x].type.shape), gradient, weight,
          for: node)
      },
      try node.ifNeeded(1) {
        try graph.apply(
          ConvolutionWeightGradient(geometry, shape: graph[weight].type.shape), x, gradient,
          for: node)
      },
      try node.ifNeeded(2) { try graph.apply(ChannelSum(), gradient, for: node) },
    ]
  }
}
