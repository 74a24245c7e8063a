import ModelGraph
import PeftBasics

/// The largest entry of each window.
enum MaxPoolStep: Step {
  static let name = "max_pool"
  static let summary =
    "The largest entry of each window of [batch, channels, height, width] or [batch, channels, length]."
  static let attributes: [any AttributeDeclaration] = PoolingAttributes.all

  static func build(_ call: StepCall) throws -> [Value.ID] {
    let (x, windows) = try PoolingAttributes.sliding(call)
    try call.declareModule(Module.Kind("MaxPool\(windows.axisCount)d"))
    return try call.apply(MaxPool(windows), to: [x])
  }
}

/// The mean of each window.
enum AvgPoolStep: Step {
  static let name = "avg_pool"
  static let summary =
    "The mean of each window of [batch, channels, height, width] or [batch, channels, length]."

  static let countsPadding = Attribute<Bool>(
    "count_padding", .flag, default: true, "Whether the zeros of the padding count, too.")
  static let attributes: [any AttributeDeclaration] =
    PoolingAttributes.all + [countsPadding]

  static func build(_ call: StepCall) throws -> [Value.ID] {
    let (x, windows) = try PoolingAttributes.sliding(call)
    try call.declareModule(Module.Kind("AvgPool\(windows.axisCount)d"))
    return try call.apply(
      AveragePool(windows, countsPadding: try call.value(countsPadding)), to: [x])
  }
}

/// The mean of each of as many windows as the result has entries.
enum AdaptiveAvgPoolStep: Step {
  static let name = "adaptive_avg_pool"
  static let summary = "The means of windows that share out an image or a sequence."

  static let size = Attribute<SizesByAxis>(
    "size", .sizesByAxis(minimum: 1), default: SizesByAxis(1),
    "The size of the result along each axis behind the channels.")
  static let attributes: [any AttributeDeclaration] = [size]

  static func build(_ call: StepCall) throws -> [Value.ID] {
    let x = try call.input()
    let count = try PoolingAttributes.axisCount(of: x, call)
    try call.declareModule(Module.Kind("AdaptiveAvgPool\(count)d"))
    let windows = PoolingWindows.adaptive(try call.sizes(size, count: count))
    return try call.apply(AveragePool(windows), to: [x])
  }
}

/// What kinds of pooling have in common.
private enum PoolingAttributes {
  static let kernel = Attribute<SizesByAxis>.required(
    "kernel", .sizesByAxis(minimum: 1), "The size of a window: a number, or one for each axis.")
  static let stride = Attribute<SizesByAxis>(
    "stride", .sizesByAxis(minimum: 1), "The stride; the kernel's size if left out.")
  static let padding = Attribute<SizesByAxis>(
    "padding", .sizesByAxis(minimum: 0), default: SizesByAxis(0),
    "How far windows reach over the edges: at most half of the kernel.")
  static let ceil = Attribute<Bool>(
    "ceil", .flag, default: false, "Whether a last window may reach over the end (ceil_mode).")
  static let all: [any AttributeDeclaration] = [kernel, stride, padding, ceil]

  /// The input, and its windows.
  static func sliding(_ call: StepCall) throws -> (Value.ID, PoolingWindows) {
    let x = try call.input()
    let count = try axisCount(of: x, call)
    let kernel = try call.sizes(kernel, count: count)
    let stride = try call.optional(Self.stride).map {
      try call.checked($0, of: Self.stride, count: count)
    }
    let windows = PoolingWindows.sliding(
      kernel: kernel, stride: stride ?? kernel, padding: try call.sizes(padding, count: count),
      roundsUp: try call.value(ceil))
    return (x, windows)
  }

  /// How many axes stand behind the channels: 2 for images, 1 for sequences.
  static func axisCount(of value: Value.ID, _ call: StepCall) throws -> Int {
    let shape = call.builder.graph[value].type.shape
    guard 3...4 ~= shape.rank else {
      throw DescriptionError(
        StepProblem.shapes(
          ShapeError(
            call.operation,
            .layout(
              expected: "[batch, channels, height, width] or [batch, channels, length]",
              found: shape))),
        at: call.step.fromRange)
    }
    return shape.rank - 2
  }
}
