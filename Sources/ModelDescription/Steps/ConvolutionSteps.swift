import ModelGraph
import PeftBasics

/// A convolution over images.
enum Conv2DStep: Step {
  static let name = "conv2d"
  static let summary =
    "A convolution over images [batch, channels, height, width], as PyTorch's Conv2d."
  static let needsName = true

  static let out = Attribute<Int>.required("out", .whole(minimum: 1), "Channels of the result.")
  static let kernel = Attribute<SizesByAxis>.required(
    "kernel", .sizesByAxis(minimum: 1), "Height and width of the kernel.")
  static let attributes: [any AttributeDeclaration] =
    [out, kernel] + ConvolutionAttributes.all

  static func build(_ call: StepCall) throws -> [Value.ID] {
    let x = try call.input()
    let channels = try call.channels(of: x, axisCount: Convolution2D.axisCount)
    let kernel = try call.sizes(kernel, count: Convolution2D.axisCount)
    let geometry = try ConvolutionAttributes.geometry(call, kernel: kernel)
    let operands = try ConvolutionAttributes.operands(
      call, x, channels, to: try call.value(out), kernel, geometry, kind: .conv2D)
    return try call.apply(Convolution2D(geometry), to: operands)
  }
}

/// A convolution over sequences, or GPT-2's fully connected layer, weight `[in, out]`.
enum Conv1DStep: Step {
  static let name = "conv1d"
  static let summary =
    "With a kernel a convolution over sequences [batch, channels, length], as PyTorch's Conv1d; without one a "
    + "fully connected layer with a weight [in, out], as GPT-2's Conv1D."
  static let needsName = true

  static let out = Attribute<Int>.required(
    "out", .whole(minimum: 1), "Channels, or width, of the result.")
  static let kernel = Attribute<SizesByAxis>(
    "kernel", .sizesByAxis(minimum: 1), "Length of the kernel; GPT-2's layer if left out.")
  static let attributes: [any AttributeDeclaration] =
    [out, kernel] + ConvolutionAttributes.all

  static func build(_ call: StepCall) throws -> [Value.ID] {
    let outputs = try call.value(out)
    guard try call.optional(kernel) != nil else {
      try ConvolutionAttributes.refuse(without: kernel, call)
      return try fullyConnected(call, outputs)
    }
    let x = try call.input()
    let channels = try call.channels(of: x, axisCount: Convolution1D.axisCount)
    let kernel = try call.sizes(kernel, count: Convolution1D.axisCount)
    let geometry = try ConvolutionAttributes.geometry(call, kernel: kernel)
    let operands = try ConvolutionAttributes.operands(
      call, x, channels, to: outputs, kernel, geometry, kind: "Conv1d")
    return try call.apply(Convolution1D(geometry), to: operands)
  }

  private static func fullyConnected(_ call: StepCall, _ outputs: Int) throws -> [Value.ID] {
    let x = try call.input()
    let inputs = try call.width(of: x)
    try call.declareModule(.conv1D)
    let weight = try call.parameter("weight", [inputs, outputs])
    let bias = try call.parameter("bias", [outputs])
    return try call.apply(Linear(layout: .inOut), to: [x, weight, bias])
  }
}

/// What convolutions have in common.
private enum ConvolutionAttributes {
  static let stride = Attribute<SizesByAxis>(
    "stride", .sizesByAxis(minimum: 1), default: SizesByAxis(1),
    "The stride: a number, or one for each axis.")
  static let padding = Attribute<PaddingSizes>(
    "padding", .padding, default: .each(SizesByAxis(0)),
    "Zeros around the input: a number, one for each axis, or same for a result as large as the input."
  )
  static let dilation = Attribute<SizesByAxis>(
    "dilation", .sizesByAxis(minimum: 1), default: SizesByAxis(1),
    "The distance between the entries that a kernel reads.")
  static let groups = Attribute<Int>(
    "groups", .whole(minimum: 1), default: 1, "Groups of channels, each of which sees only itself.")
  static let bias = Attribute<Bool>("bias", .flag, default: true, "Whether it adds a bias.")
  static let all: [any AttributeDeclaration] = [stride, padding, dilation, groups, bias]

  /// Refuses all of them where there is no kernel.
  static func refuse(without kernel: Attribute<SizesByAxis>, _ call: StepCall) throws {
    for attribute in all {
      guard let node = call.step.attributes[attribute.name], !node.isNull else { continue }
      throw DescriptionError(
        StepProblem.needsOther(attribute.name, other: kernel.name, operation: call.operation),
        at: node.range)
    }
  }

  static func geometry(_ call: StepCall, kernel: [Int]) throws -> ConvolutionGeometry {
    let stride = try call.sizes(stride, count: kernel.count)
    let dilation = try call.sizes(dilation, count: kernel.count)
    let groups = try call.value(groups)
    switch try call.value(padding) {
    case .each(let sizes):
      return ConvolutionGeometry(
        stride: stride, padding: try call.checked(sizes, of: padding, count: kernel.count),
        dilation: dilation, groups: groups)
    case .same:
      guard stride.allSatisfy({ $0 == 1 }) else {
        throw DescriptionError(
          StepProblem.sameWithStride(stride),
          at: call.step.attributes[padding.name]?.range
            ?? call.step.keyRange)
      }
      // What is left of an odd number of zeros goes to the end, as in PyTorch.
      let total = try zip(kernel, dilation).map { size, distance in
        try call.product(size - 1, distance)
      }
      return ConvolutionGeometry(
        stride: stride, padding: total.map { $0 / 2 }, after: total.map { $0 - $0 / 2 },
        dilation: dilation, groups: groups)
    }
  }

  /// The input, the weight and perhaps the bias, which become parameters of the step's module.
  static func operands(
    _ call: StepCall, _ x: Value.ID, _ channels: Int, to outputs: Int, _ kernel: [Int],
    _ geometry: ConvolutionGeometry, kind: Module.Kind
  ) throws -> [Value.ID] {
    let groups = geometry.groups
    for size in [channels, outputs] where !size.isMultiple(of: groups) {
      throw DescriptionError(
        StepProblem.shapes(
          ShapeError(
            call.operation, .indivisible(size: size, divisor: groups, what: .channelGroups))),
        at: call.step.attributes[self.groups.name]?.range ?? call.step.keyRange,
        note: call.dimensionNote)
    }
    // A tuner's update of a grouped one has other sizes: it is no target.
    try call.declareModule(
      groups == 1 ? kind : Module.Kind("\(kind.description)(groups=\(groups))"))
    var operands = [x, try call.parameter("weight", [outputs, channels / groups] + kernel)]
    if try call.value(bias) { operands.append(try call.parameter("bias", [outputs])) }
    return operands
  }
}
